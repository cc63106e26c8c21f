// SPDX-License-Identifier: Apache-2.0
// Finds and reads variables of the running kernel. An address comes from the kernel's symbols: by a
// helper since 5.16, before that from /proc/kallsyms, which takes a tenth of a second. A raw
// tracepoint program that is attached to nothing copies the value, because such programs can be run
// on request since 5.10, the oldest kernel we support.
#include "kernel_variable.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "file_descriptor.h"
#include "js_value.h"

namespace fimbul
{

namespace
{

constexpr const char *kLicense = "Dual BSD/GPL";
constexpr size_t kNameBytes = 64;

// What the finding program works on: the only value of its map.
struct Question {
	char name[kNameBytes];
	uint64_t address;
};

FileDescriptor make_map(const char *name, size_t value_bytes)
{
	return FileDescriptor(bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t),
					     static_cast<uint32_t>(value_bytes), 1, nullptr));
}

// Asks the kernel for the address of the name in the map's value, and stores it behind the name.
FileDescriptor load_finder(int map)
{
	const bpf_insn instructions[] = {
		{ BPF_LD | BPF_IMM | BPF_DW, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, map },
		{ 0, 0, 0, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_4, BPF_REG_1, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_4, 0, 0, offsetof(Question, address) },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, kNameBytes },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 0 },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_kallsyms_lookup_name },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	bpf_prog_load_opts options = {};
	options.sz = sizeof(options);
	options.prog_flags = BPF_F_SLEEPABLE;
	return FileDescriptor(bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "fimbul_finder", kLicense,
					    instructions, std::size(instructions), &options));
}

// By the helper; none when the kernel does not have it, 0 with errno set when it does not tell.
std::optional<uint64_t> ask_address(const std::string &name)
{
	Question question = {};
	if (name.size() >= sizeof(question.name))
		return std::nullopt;
	name.copy(question.name, name.size());
	const FileDescriptor map = make_map("fimbul_symbol", sizeof(question));
	const FileDescriptor finder = map.valid() ? load_finder(map.get()) : FileDescriptor();
	const uint32_t first = 0;
	bpf_test_run_opts options = {};
	options.sz = sizeof(options);
	if (!finder.valid() || bpf_map_update_elem(map.get(), &first, &question, BPF_ANY) != 0 ||
	    bpf_prog_test_run_opts(finder.get(), &options) != 0 ||
	    bpf_map_lookup_elem(map.get(), &first, &question) != 0)
		return std::nullopt;
	if (options.retval == 0)
		return question.address;
	errno = -static_cast<int32_t>(options.retval);
	return 0;
}

// From /proc/kallsyms, whose lines are "ADDRESS TYPE NAME"; 0 with errno set when it does not tell.
uint64_t read_address(const std::string &name)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	if (symbols == nullptr)
		return 0;
	const std::string ending = " " + name + "\n";
	char line[512];
	int error = ENOENT;
	uint64_t address = 0;
	while (error == ENOENT && fgets(line, sizeof(line), symbols) != nullptr) {
		if (!std::string_view(line).ends_with(ending))
			continue;
		address = strtoull(line, nullptr, 16);
		// Addresses are shown as 0 to those who must not know them.
		error = address == 0 ? EPERM : 0;
	}
	fclose(symbols);
	errno = error;
	return address;
}

// 0 with errno set when the kernel does not tell.
uint64_t find_address(const std::string &name)
{
	const auto asked = ask_address(name);
	return asked ? *asked : read_address(name);
}

// Copies four bytes from the address in the program's context into the map's only value.
FileDescriptor load_reader(int map)
{
	const bpf_insn instructions[] = {
		{ BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_3, BPF_REG_1, 0, 0 },
		{ BPF_LD | BPF_IMM | BPF_DW, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, map },
		{ 0, 0, 0, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, sizeof(int32_t) },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_probe_read_kernel },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	return FileDescriptor(bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "fimbul_reader", kLicense,
					    instructions, std::size(instructions), nullptr));
}

// 0 or a positive errno.
int read_memory(uint64_t address, int32_t &value)
{
	const FileDescriptor map = make_map("fimbul_value", sizeof(value));
	if (!map.valid())
		return errno;
	const FileDescriptor reader = load_reader(map.get());
	if (!reader.valid())
		return errno;
	uint64_t context[] = { address };
	bpf_test_run_opts options = {};
	options.sz = sizeof(options);
	options.ctx_in = context;
	options.ctx_size_in = sizeof(context);
	if (bpf_prog_test_run_opts(reader.get(), &options) != 0)
		return errno;
	if (options.retval != 0)
		return -static_cast<int32_t>(options.retval);
	const uint32_t first = 0;
	return bpf_map_lookup_elem(map.get(), &first, &value) == 0 ? 0 : errno;
}

} // namespace

napi_value find_kernel_symbol(const JsCall &call)
{
	const auto name = call.text(0);
	if (!name)
		return nullptr;
	const uint64_t address = find_address(*name);
	return JsRecord(call.env())
		.set("errno", address == 0 ? errno : 0)
		.set("address", js_bigint(call.env(), address))
		.value();
}

napi_value read_kernel_variable(const JsCall &call)
{
	const auto name = call.text(0);
	if (!name)
		return nullptr;
	int32_t value = 0;
	const uint64_t address = find_address(*name);
	const int error = address == 0 ? errno : read_memory(address, value);
	return JsRecord(call.env()).set("errno", error).set("value", value).value();
}

} // namespace fimbul
