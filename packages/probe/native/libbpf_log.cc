// SPDX-License-Identifier: Apache-2.0
// What libbpf says, kept instead of printed. A verifier log arrives as one message of up to 16 MiB,
// so a message is formatted straight into the collecting text.
#include "libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>

namespace fimbul
{

namespace
{

thread_local std::string *collecting = nullptr;

int append_message(libbpf_print_level level, const char *format, va_list arguments)
{
	if (collecting == nullptr || level == LIBBPF_DEBUG)
		return 0;
	va_list again;
	va_copy(again, arguments);
	const int length = vsnprintf(nullptr, 0, format, arguments);
	if (length > 0) {
		const size_t start = collecting->size();
		// vsnprintf ends the text with a zero byte, which is cut off again.
		collecting->resize(start + static_cast<size_t>(length) + 1);
		vsnprintf(collecting->data() + start, static_cast<size_t>(length) + 1, format,
			  again);
		collecting->pop_back();
	}
	va_end(again);
	return length;
}

} // namespace

void libbpf_log_install()
{
	libbpf_set_print(append_message);
}

LibbpfLogCapture::LibbpfLogCapture(std::string &destination) : previous_(collecting)
{
	collecting = &destination;
}

LibbpfLogCapture::~LibbpfLogCapture()
{
	collecting = previous_;
}

} // namespace fimbul
