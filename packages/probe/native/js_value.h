// SPDX-License-Identifier: Apache-2.0
// Makes JavaScript values: numbers, texts, records and lists. Every function returns nullptr only
// when the environment can no longer run JavaScript, which callers may hand back unchanged.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <string_view>

namespace fimbul
{

napi_value js_undefined(napi_env env);
napi_value js_null(napi_env env);
napi_value js_boolean(napi_env env, bool value);
napi_value js_number(napi_env env, double value);
napi_value js_bigint(napi_env env, uint64_t value);
napi_value js_text(napi_env env, std::string_view value);

// Throws and returns nullptr, so that a method can say `return js_throw_...`.
napi_value js_throw_type_error(napi_env env, const char *message);
napi_value js_throw_error(napi_env env, const char *code, const char *message);

class JsRecord
{
public:
	explicit JsRecord(napi_env env);
	JsRecord &set(const char *name, napi_value value);
	JsRecord &set(const char *name, std::string_view value);
	JsRecord &set(const char *name, double value);
	napi_value value() const { return object_; }

private:
	napi_env env_;
	napi_value object_ = nullptr;
};

class JsList
{
public:
	explicit JsList(napi_env env);
	void push(napi_value value);
	napi_value value() const { return array_; }

private:
	napi_env env_;
	napi_value array_ = nullptr;
	uint32_t length_ = 0;
};

} // namespace fimbul
