// SPDX-License-Identifier: Apache-2.0
// The addon's exports. Bytes only: programs, maps, rings and what the kernel can do; nothing here
// knows what an event is. Arguments are validated in packages/probe/src and only asserted here.
// There is no module state, so every worker thread may load the addon.
#include <bpf/libbpf.h>
#include <node_api.h>

#include "bpf_object.h"
#include "clocks.h"
#include "file_lock.h"
#include "free_memory.h"
#include "grace_period.h"
#include "js_handle.h"
#include "kernel_types.h"
#include "kernel_variable.h"
#include "libbpf_log.h"
#include "process_signal.h"
#include "program_trial.h"
#include "run_stats.h"

namespace fimbul
{

namespace
{

// possibleCpus(): the number of values in a per-CPU map entry.
napi_value possible_cpus(const JsCall &call)
{
	return js_number(call.env(), libbpf_num_possible_cpus());
}

constexpr napi_property_descriptor kExports[] = {
	js_function<BpfObject::open>("openObject"),
	js_function<RunStats::enable>("enableRunStats"),
	js_function<KernelTypes::open>("openKernelTypes"),
	js_function<try_program>("tryProgram"),
	js_function<find_kernel_symbol>("findKernelSymbol"),
	js_function<read_kernel_variable>("readKernelVariable"),
	js_function<read_clocks>("clocks"),
	js_function<possible_cpus>("possibleCpus"),
	js_function<signal_process>("signalProcess"),
	js_function<FileLock::acquire>("lockFile"),
	js_function<wait_for_programs>("waitForPrograms"),
	js_function<release_free_memory>("releaseFreeMemory"),
};

} // namespace

} // namespace fimbul

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */)
{
	fimbul::libbpf_log_install();
	napi_define_properties(env, exports, std::size(fimbul::kExports), fimbul::kExports);
	return exports;
}
