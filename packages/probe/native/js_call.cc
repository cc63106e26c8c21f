// SPDX-License-Identifier: Apache-2.0
// Reads the arguments of one call from JavaScript and asserts their types. Missing arguments arrive
// as undefined, which no reader accepts, so a short call is a TypeError like any other wrong one.
#include "js_call.h"

#include "js_value.h"

namespace fimbul
{

namespace
{

struct TypedArray {
	napi_typedarray_type type;
	size_t length;
	void *start;
};

std::optional<TypedArray> read_typed_array(napi_env env, napi_value value)
{
	bool is_typed_array = false;
	if (napi_is_typedarray(env, value, &is_typed_array) != napi_ok || !is_typed_array) {
		return std::nullopt;
	}
	TypedArray array{};
	const napi_status status = napi_get_typedarray_info(env, value, &array.type, &array.length,
							    &array.start, nullptr, nullptr);
	if (status != napi_ok)
		return std::nullopt;
	return array;
}

} // namespace

JsCall::JsCall(napi_env env, napi_callback_info info) : env_(env)
{
	size_t count = kArgumentsMax;
	napi_get_cb_info(env, info, &count, arguments_, &self_, nullptr);
}

bool JsCall::is(size_t position, napi_valuetype expected) const
{
	napi_valuetype type = napi_undefined;
	return napi_typeof(env_, arguments_[position], &type) == napi_ok && type == expected;
}

bool JsCall::assert_type(size_t position, napi_valuetype expected, const char *message) const
{
	if (is(position, expected))
		return true;
	js_throw_type_error(env_, message);
	return false;
}

std::optional<std::string> JsCall::text(size_t position) const
{
	if (!assert_type(position, napi_string, "expected a string"))
		return std::nullopt;
	size_t length = 0;
	napi_get_value_string_utf8(env_, arguments_[position], nullptr, 0, &length);
	std::string result(length, '\0');
	napi_get_value_string_utf8(env_, arguments_[position], result.data(), length + 1, &length);
	return result;
}

std::optional<uint32_t> JsCall::number(size_t position) const
{
	constexpr const char *kMessage = "expected an integer from 0 to 4294967295";
	if (!assert_type(position, napi_number, kMessage))
		return std::nullopt;
	double value = 0;
	napi_get_value_double(env_, arguments_[position], &value);
	// The comparison is written so that NaN fails it.
	const bool in_range = value >= 0 && value <= double{ UINT32_MAX };
	if (!in_range || value != static_cast<double>(static_cast<uint32_t>(value))) {
		js_throw_type_error(env_, kMessage);
		return std::nullopt;
	}
	return static_cast<uint32_t>(value);
}

std::optional<bool> JsCall::boolean(size_t position) const
{
	if (!assert_type(position, napi_boolean, "expected a boolean"))
		return std::nullopt;
	bool value = false;
	napi_get_value_bool(env_, arguments_[position], &value);
	return value;
}

std::optional<std::span<uint8_t>> JsCall::bytes(size_t position) const
{
	const auto array = read_typed_array(env_, arguments_[position]);
	if (!array || array->type != napi_uint8_array) {
		js_throw_type_error(env_, "expected a Uint8Array");
		return std::nullopt;
	}
	return std::span(static_cast<uint8_t *>(array->start), array->length);
}

std::optional<std::span<uint32_t>> JsCall::words(size_t position) const
{
	const auto array = read_typed_array(env_, arguments_[position]);
	if (!array || array->type != napi_uint32_array) {
		js_throw_type_error(env_, "expected a Uint32Array");
		return std::nullopt;
	}
	return std::span(static_cast<uint32_t *>(array->start), array->length);
}

} // namespace fimbul
