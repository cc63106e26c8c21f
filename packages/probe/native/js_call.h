// SPDX-License-Identifier: Apache-2.0
// One call from JavaScript: `this` and up to six arguments, read with their types asserted. A
// reader that meets another type throws a TypeError and returns nullopt; the method then returns
// nullptr. Spans point into JavaScript memory and are valid until the method returns.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace fimbul
{

class JsCall
{
public:
	JsCall(napi_env env, napi_callback_info info);

	napi_env env() const { return env_; }
	napi_value self() const { return self_; }
	napi_value argument(size_t position) const { return arguments_[position]; }

	std::optional<std::string> text(size_t position) const;
	std::optional<uint32_t> number(size_t position) const;
	std::optional<bool> boolean(size_t position) const;
	std::optional<std::span<uint8_t>> bytes(size_t position) const;
	std::optional<std::span<uint32_t>> words(size_t position) const;

	bool is(size_t position, napi_valuetype expected) const;

private:
	static constexpr size_t kArgumentsMax = 6;

	bool assert_type(size_t position, napi_valuetype expected, const char *message) const;

	napi_env env_;
	napi_value self_ = nullptr;
	napi_value arguments_[kArgumentsMax] = {};
};

} // namespace fimbul
