// SPDX-License-Identifier: Apache-2.0
// Loading and attaching of a BPF object: to what its programs' sections say, or to functions that
// the caller found in this kernel.
#include <bpf/bpf.h>

#include <cerrno>
#include <string_view>

#include "bpf_link.h"
#include "bpf_object.h"
#include "function_probe.h"
#include "js_handle.h"
#include "libbpf_log.h"

namespace fimbul
{

namespace
{

// Statistics take a line each, of which one has a number for each of up to 256 subprograms.
constexpr size_t kVerifierLogBytes = 16 * 1024;
// KERNEL: only the statistics, not what the verifier thinks about each instruction.
constexpr uint32_t kLogStatistics = 4;

std::optional<FunctionPoint> function_point(const bpf_program *program)
{
	const std::string_view section = bpf_program__section_name(program);
	const std::string_view kind = section.substr(0, section.find('/'));
	if (kind == "kprobe")
		return FunctionPoint::kEntry;
	if (kind == "kretprobe")
		return FunctionPoint::kReturn;
	return std::nullopt;
}

} // namespace

// setAttachTarget(program, function): 0 or a positive errno.
napi_value BpfObject::set_attach_target(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	bpf_program *program = program_argument(call);
	if (program == nullptr)
		return nullptr;
	const auto function = call.text(1);
	if (!function)
		return nullptr;
	const LibbpfLogCapture capture(log_);
	return js_number(call.env(),
			 -bpf_program__set_attach_target(program, 0, function->c_str()));
}

// keepVerifierLog(program): 0 or a positive errno.
napi_value BpfObject::keep_verifier_log(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	bpf_program *program = program_argument(call);
	if (program == nullptr)
		return nullptr;
	std::vector<char> &log = verifier_logs_[*call.number(0)];
	log.assign(kVerifierLogBytes, '\0');
	int result = bpf_program__set_log_buf(program, log.data(), log.size());
	if (result == 0)
		result = bpf_program__set_log_level(program, kLogStatistics);
	return js_number(call.env(), -result);
}

// verifierLog(program): a text, empty when the log was not kept.
napi_value BpfObject::verifier_log(const JsCall &call)
{
	if (!assert_open(call) || program_argument(call) == nullptr)
		return nullptr;
	const std::vector<char> &log = verifier_logs_[*call.number(0)];
	return js_text(call.env(), log.empty() ? "" : log.data());
}

// Says of a refused program whose log is kept what libbpf would have said. Programs are loaded in
// order up to the refused one, so it is the last that has a log.
void BpfObject::append_refusal()
{
	for (size_t i = programs_.size(); i-- > 0;) {
		if (verifier_logs_[i].empty() || verifier_logs_[i][0] == '\0')
			continue;
		log_ += "libbpf: prog '" + std::string(bpf_program__name(programs_[i])) +
			"': -- BEGIN PROG LOAD LOG --\n" + verifier_logs_[i].data() +
			"-- END PROG LOAD LOG --\n";
		return;
	}
}

napi_value BpfObject::load(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	const LibbpfLogCapture capture(log_);
	const int result = bpf_object__load(object_.get());
	state_ = result == 0 ? State::kLoaded : State::kFailed;
	if (result != 0)
		append_refusal();
	return js_number(call.env(), -result);
}

// attach(program): a link handle, or a positive errno as a number.
napi_value BpfObject::attach(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_program *program = program_argument(call);
	if (program == nullptr)
		return nullptr;
	const LibbpfLogCapture capture(log_);
	bpf_link *link = bpf_program__attach(program);
	if (link == nullptr)
		return js_number(call.env(), errno);
	return js_handle(call.env(), std::make_unique<BpfLink>(link));
}

// attachFunction(program, function): the same, for programs of a section kprobe or kretprobe.
napi_value BpfObject::attach_function(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_program *program = program_argument(call);
	if (program == nullptr)
		return nullptr;
	const auto function = call.text(1);
	if (!function)
		return nullptr;
	const auto point = function_point(program);
	if (!point)
		return js_throw_type_error(call.env(), "the program is no probe of a function");
	const int fd = bpf_program__fd(program);
	// A program that was not loaded has no descriptor.
	if (fd < 0)
		return js_number(call.env(), ENOENT);
	auto probe = *point == FunctionPoint::kEntry
			     ? FunctionProbe::at_entry(*function, fd)
			     : FunctionProbe::at_return(*function, fd, bpf_program__name(program),
							tracefs());
	if (!probe)
		return js_number(call.env(), errno);
	return js_handle(call.env(), std::make_unique<BpfLink>(std::move(*probe)));
}

// Opened for the first program that wants it; what dead agents left there goes then.
std::shared_ptr<const Tracefs> BpfObject::tracefs()
{
	if (!tracefs_) {
		tracefs_ = Tracefs::open();
		if (tracefs_)
			ReturnDefinition::remove_stale(*tracefs_);
	}
	return tracefs_;
}

} // namespace fimbul
