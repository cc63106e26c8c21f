// SPDX-License-Identifier: Apache-2.0
// Binds one C++ object to one JavaScript object. The JavaScript object owns it: the garbage
// collector or the end of the environment deletes it. A type tag is checked on every call, so a
// method borrowed by an object of another kind is a TypeError and never a wild pointer.
#pragma once

#include <node_api.h>

#include <memory>
#include <span>

#include "js_call.h"
#include "js_value.h"

namespace fimbul
{

template <typename T> void js_finalize(napi_env, void *object, void *)
{
	delete static_cast<T *>(object);
}

// T has a static `kTypeTag` and a static `methods()` that lists its property descriptors.
template <typename T> napi_value js_handle(napi_env env, std::unique_ptr<T> owned)
{
	const std::span<const napi_property_descriptor> methods = T::methods();
	napi_value object = nullptr;
	if (napi_create_object(env, &object) != napi_ok)
		return nullptr;
	if (napi_type_tag_object(env, object, &T::kTypeTag) != napi_ok)
		return nullptr;
	if (napi_define_properties(env, object, methods.size(), methods.data()) != napi_ok) {
		return nullptr;
	}
	if (napi_wrap(env, object, owned.get(), js_finalize<T>, nullptr, nullptr) != napi_ok) {
		return nullptr;
	}
	owned.release();
	return object;
}

template <typename T> T *js_unwrap(napi_env env, napi_value object)
{
	bool matches = false;
	if (napi_check_object_type_tag(env, object, &T::kTypeTag, &matches) != napi_ok ||
	    !matches) {
		return nullptr;
	}
	void *unwrapped = nullptr;
	if (napi_unwrap(env, object, &unwrapped) != napi_ok)
		return nullptr;
	return static_cast<T *>(unwrapped);
}

template <typename T, napi_value (T::*Method)(const JsCall &)>
napi_value js_invoke(napi_env env, napi_callback_info info)
{
	const JsCall call(env, info);
	T *self = js_unwrap<T>(env, call.self());
	if (self == nullptr)
		return js_throw_type_error(env, "method called on another kind of object");
	return (self->*Method)(call);
}

template <napi_value (*Function)(const JsCall &)>
napi_value js_invoke_function(napi_env env, napi_callback_info info)
{
	return Function(JsCall(env, info));
}

template <typename T, napi_value (T::*Method)(const JsCall &)>
constexpr napi_property_descriptor js_method(const char *name)
{
	return { name,	  nullptr, js_invoke<T, Method>, nullptr,
		 nullptr, nullptr, napi_default,	 nullptr };
}

template <napi_value (*Function)(const JsCall &)>
constexpr napi_property_descriptor js_function(const char *name)
{
	return { name,
		 nullptr,
		 js_invoke_function<Function>,
		 nullptr,
		 nullptr,
		 nullptr,
		 napi_enumerable,
		 nullptr };
}

} // namespace fimbul
