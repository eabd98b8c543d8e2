// bench_stages.cc: nanoseconds a record of each stage of ingest (decode, check, scatter, sort, dedup, account, pack), megabytes a second of the commit,
// and records a second end to end, durable, from page cache. Stages run on one thread; named arguments say format and threads.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "stages.h"

namespace {

const char *const formats[] = { "szt-csv", "yz316", "xf160" };
constexpr uint64_t stage_records = 400000, whole_records = 2000000;

struct Close {
    void operator()(bench_stages *stages) const { bench_stages_close(stages); }
};
using Stages = std::unique_ptr<bench_stages, Close>;

Stages open(benchmark::State &state, uint64_t records, unsigned threads)
{
    Stages stages(bench_stages_open(formats[state.range(0)], records, threads));
    if (!stages) state.SkipWithError("cannot prepare");
    state.SetLabel(formats[state.range(0)]);
    return stages;
}

void run(benchmark::State &state, uint64_t (*stage)(bench_stages *), void (*before)(bench_stages *))
{
    Stages stages = open(state, stage_records, 1);
    uint64_t records = 0;
    if (!stages) return;
    if (before == bench_stage_phase_a) before(stages.get());
    for (auto _ : state) {
        if (before == bench_stage_empty) {
            state.PauseTiming();
            before(stages.get());
            state.ResumeTiming();
        }
        const uint64_t done = stage(stages.get());
        if (done == 0) state.SkipWithError("the stage failed");
        records += done;
    }
    state.SetItemsProcessed(static_cast<int64_t>(records));
}

void Decode(benchmark::State &state) { run(state, bench_stage_decode, nullptr); }
void Check(benchmark::State &state) { run(state, bench_stage_check, nullptr); }
void Scatter(benchmark::State &state) { run(state, bench_stage_scatter, bench_stage_empty); }
void Sort(benchmark::State &state) { run(state, bench_stage_sort, bench_stage_phase_a); }
void SortDedup(benchmark::State &state) { run(state, bench_stage_dedup, bench_stage_phase_a); }
void SortAccount(benchmark::State &state) { run(state, bench_stage_account, bench_stage_phase_a); }
void SortPack(benchmark::State &state) { run(state, bench_stage_pack, bench_stage_phase_a); }

void Commit(benchmark::State &state)
{
    Stages stages = open(state, stage_records, 1);
    uint64_t bytes = 0;
    if (!stages) return;
    bench_stage_phase_a(stages.get());
    bench_stage_pack(stages.get());
    for (auto _ : state) bytes += bench_stage_commit(stages.get());
    state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

void Ingest(benchmark::State &state)
{
    Stages stages = open(state, whole_records, static_cast<unsigned>(state.range(1)));
    uint64_t records = 0;
    if (!stages) return;
    for (auto _ : state) records += bench_stage_ingest(stages.get());
    state.SetItemsProcessed(static_cast<int64_t>(records));
}

}  // namespace

BENCHMARK(Decode)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(Check)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(Scatter)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(Sort)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(SortDedup)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(SortAccount)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(SortPack)->ArgName("format")->DenseRange(0, 2);
BENCHMARK(Commit)->ArgName("format")->Arg(1);
BENCHMARK(Ingest)->ArgNames({ "format", "threads" })->ArgsProduct({ { 0, 1, 2 }, { 1, 2 } })->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(3);
