// SPDX-License-Identifier: Apache-2.0
// Asks the kernel by trying. Loading is not enough: 5.10 on arm64 loads fentry programs that cannot
// attach, and a kernel without "bpf" in its lsm= list attaches LSM programs that it never calls.
#include "program_trial.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>

#include <cerrno>
#include <string>
#include <vector>

#include "file_descriptor.h"
#include "js_value.h"
#include "libbpf_log.h"
#include "perf_attach.h"

namespace fimbul
{

namespace
{

enum class AttachBy { kTypes, kRawTracepoint, kKprobe, kKretprobe, kKprobeMulti, kTracepoint };

struct ProgramKind {
	const char *name;
	bpf_prog_type type;
	bpf_attach_type attach_type;
	AttachBy attach_by;
};

constexpr ProgramKind kKinds[] = {
	{ "lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, AttachBy::kTypes },
	{ "fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, AttachBy::kTypes },
	{ "fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, AttachBy::kTypes },
	{ "tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, AttachBy::kTypes },
	{ "raw_tp", BPF_PROG_TYPE_RAW_TRACEPOINT, bpf_attach_type{}, AttachBy::kRawTracepoint },
	{ "kprobe", BPF_PROG_TYPE_KPROBE, bpf_attach_type{}, AttachBy::kKprobe },
	{ "kretprobe", BPF_PROG_TYPE_KPROBE, bpf_attach_type{}, AttachBy::kKretprobe },
	{ "kprobe.multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, AttachBy::kKprobeMulti },
	{ "tracepoint", BPF_PROG_TYPE_TRACEPOINT, bpf_attach_type{}, AttachBy::kTracepoint },
};

struct Trial {
	int load = 0;
	int attach = 0;
	double runs = 0;
	std::string log;
};

const ProgramKind *find_kind(const std::string &name)
{
	for (const ProgramKind &kind : kKinds) {
		if (name == kind.name)
			return &kind;
	}
	return nullptr;
}

std::vector<bpf_insn> trial_instructions(uint32_t helper)
{
	std::vector<bpf_insn> instructions;
	if (helper != 0) {
		instructions.push_back(
			{ BPF_JMP | BPF_CALL, 0, 0, 0, static_cast<int32_t>(helper) });
	}
	instructions.push_back({ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0 });
	instructions.push_back({ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 });
	return instructions;
}

FileDescriptor load_trial(const ProgramKind &kind, const char *target, uint32_t helper,
			  Trial &trial)
{
	bpf_prog_load_opts options = {};
	options.sz = sizeof(options);
	options.expected_attach_type = kind.attach_type;
	if (kind.attach_by == AttachBy::kTypes) {
		const int id = libbpf_find_vmlinux_btf_id(target, kind.attach_type);
		if (id <= 0) {
			trial.load = id < 0 ? -id : ENOENT;
			return FileDescriptor();
		}
		options.attach_btf_id = static_cast<uint32_t>(id);
	}
	std::vector<char> verifier_log(64 * 1024);
	options.log_buf = verifier_log.data();
	options.log_size = static_cast<uint32_t>(verifier_log.size());
	options.log_level = 1;
	const std::vector<bpf_insn> instructions = trial_instructions(helper);
	FileDescriptor program(bpf_prog_load(kind.type, "fimbul_trial", "Dual BSD/GPL",
					     instructions.data(), instructions.size(), &options));
	if (!program.valid())
		trial.load = errno;
	trial.log += verifier_log.data();
	return program;
}

FileDescriptor attach_trial(const ProgramKind &kind, const char *target, int program)
{
	switch (kind.attach_by) {
	case AttachBy::kTypes:
		return FileDescriptor(bpf_raw_tracepoint_open(nullptr, program));
	case AttachBy::kRawTracepoint:
		return FileDescriptor(bpf_raw_tracepoint_open(target, program));
	case AttachBy::kKprobe:
		return attach_function(target, FunctionPoint::kEntry, program);
	case AttachBy::kKretprobe:
		return attach_function(target, FunctionPoint::kReturn, program);
	case AttachBy::kTracepoint:
		return attach_tracepoint(target, program);
	case AttachBy::kKprobeMulti: {
		bpf_link_create_opts options = {};
		options.sz = sizeof(options);
		options.kprobe_multi.syms = &target;
		options.kprobe_multi.cnt = 1;
		return FileDescriptor(
			bpf_link_create(program, 0, BPF_TRACE_KPROBE_MULTI, &options));
	}
	}
	errno = EINVAL;
	return FileDescriptor();
}

double count_runs(int program)
{
	bpf_prog_info facts = {};
	uint32_t facts_bytes = sizeof(facts);
	if (bpf_prog_get_info_by_fd(program, &facts, &facts_bytes) != 0)
		return -1;
	return static_cast<double>(facts.run_cnt);
}

void run_trial(const ProgramKind &kind, const char *target, uint32_t helper, Trial &trial)
{
	const FileDescriptor program = load_trial(kind, target, helper, trial);
	if (!program.valid() || helper != 0)
		return;
	const FileDescriptor stats(bpf_enable_stats(BPF_STATS_RUN_TIME));
	const FileDescriptor attached = attach_trial(kind, target, program.get());
	if (!attached.valid()) {
		trial.attach = errno;
		return;
	}
	const FileDescriptor opened(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	trial.runs = stats.valid() ? count_runs(program.get()) : -1;
}

} // namespace

napi_value try_program(const JsCall &call)
{
	const auto kind_name = call.text(0);
	if (!kind_name)
		return nullptr;
	const auto target = call.text(1);
	if (!target)
		return nullptr;
	const auto helper = call.number(2);
	if (!helper)
		return nullptr;
	const ProgramKind *kind = find_kind(*kind_name);
	if (kind == nullptr)
		return js_throw_type_error(call.env(), "no program kind has this name");
	Trial trial;
	{
		const LibbpfLogCapture capture(trial.log);
		run_trial(*kind, target->c_str(), *helper, trial);
	}
	return JsRecord(call.env())
		.set("load", trial.load)
		.set("attach", trial.attach)
		.set("runs", trial.runs)
		.set("log", trial.log)
		.value();
}

} // namespace fimbul
