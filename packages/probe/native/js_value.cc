// SPDX-License-Identifier: Apache-2.0
// Makes JavaScript values. N-API fails here only while the environment is being torn down, so a
// failed call leaves nullptr and nothing else has to be undone.
#include "js_value.h"

namespace fimbul
{

napi_value js_undefined(napi_env env)
{
	napi_value result = nullptr;
	napi_get_undefined(env, &result);
	return result;
}

napi_value js_null(napi_env env)
{
	napi_value result = nullptr;
	napi_get_null(env, &result);
	return result;
}

napi_value js_boolean(napi_env env, bool value)
{
	napi_value result = nullptr;
	napi_get_boolean(env, value, &result);
	return result;
}

napi_value js_number(napi_env env, double value)
{
	napi_value result = nullptr;
	napi_create_double(env, value, &result);
	return result;
}

napi_value js_bigint(napi_env env, uint64_t value)
{
	napi_value result = nullptr;
	napi_create_bigint_uint64(env, value, &result);
	return result;
}

napi_value js_text(napi_env env, std::string_view value)
{
	napi_value result = nullptr;
	napi_create_string_utf8(env, value.data(), value.size(), &result);
	return result;
}

napi_value js_throw_type_error(napi_env env, const char *message)
{
	napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
	return nullptr;
}

napi_value js_throw_error(napi_env env, const char *code, const char *message)
{
	napi_throw_error(env, code, message);
	return nullptr;
}

JsRecord::JsRecord(napi_env env) : env_(env)
{
	napi_create_object(env, &object_);
}

JsRecord &JsRecord::set(const char *name, napi_value value)
{
	if (object_ != nullptr && value != nullptr) {
		napi_set_named_property(env_, object_, name, value);
	}
	return *this;
}

JsRecord &JsRecord::set(const char *name, std::string_view value)
{
	return set(name, js_text(env_, value));
}

JsRecord &JsRecord::set(const char *name, double value)
{
	return set(name, js_number(env_, value));
}

JsList::JsList(napi_env env) : env_(env)
{
	napi_create_array(env, &array_);
}

void JsList::push(napi_value value)
{
	if (array_ != nullptr && value != nullptr)
		napi_set_element(env_, array_, length_++, value);
}

} // namespace fimbul
