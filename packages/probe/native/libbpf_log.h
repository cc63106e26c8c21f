// SPDX-License-Identifier: Apache-2.0
// What libbpf says, kept instead of printed. libbpf has one print callback for the whole process;
// ours appends to the text that the calling thread is collecting and drops what nobody collects.
#pragma once

#include <string>

namespace fimbul
{

// Replaces libbpf's own printing; repeating it, from any thread, changes nothing.
void libbpf_log_install();

// While one is alive, this thread's warnings and notices from libbpf go to `destination`.
class LibbpfLogCapture
{
public:
	explicit LibbpfLogCapture(std::string &destination);
	~LibbpfLogCapture();
	LibbpfLogCapture(const LibbpfLogCapture &) = delete;
	LibbpfLogCapture &operator=(const LibbpfLogCapture &) = delete;

private:
	std::string *previous_;
};

} // namespace fimbul
