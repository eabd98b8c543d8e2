/*
 * stages.h: the ingest pipeline stage by stage, for Google Benchmark: C++ cannot include the engine's atomics, so this is the door.
 *
 * A bench holds a store and generated files in a temporary folder that is removed when it is closed. Every stage function works on records that
 * were prepared outside of the measured time, and returns how many it worked on.
 */
#ifndef BENCH_STAGES_H
#define BENCH_STAGES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_stages;

/** @param format "szt-csv", "yz316", …  NULL when anything fails (the reason is printed). */
struct bench_stages *bench_stages_open(const char *format, uint64_t records, unsigned threads);
void bench_stages_close(struct bench_stages *stages);

uint64_t bench_stages_bytes(const struct bench_stages *stages);

/** Bytes → struct clr_raw. */
uint64_t bench_stage_decode(struct bench_stages *stages);
/** struct clr_raw → struct clr_txn: parties, dates, stop list, token, hash. */
uint64_t bench_stage_check(struct bench_stages *stages);

/** Empty the chains for the next bench_stage_scatter (not measured). */
void bench_stage_empty(struct bench_stages *stages);
uint64_t bench_stage_scatter(struct bench_stages *stages);

/** Phase A as a whole, for what follows (not measured). */
void bench_stage_phase_a(struct bench_stages *stages);
/** Collect and sort all partitions. */
uint64_t bench_stage_sort(struct bench_stages *stages);
/** Judge repeats in all (sorted) partitions, one thread. */
uint64_t bench_stage_dedup(struct bench_stages *stages);
/** Figures, obligations, verdict notes. */
uint64_t bench_stage_account(struct bench_stages *stages);
/** Rows into segments, with index. */
uint64_t bench_stage_pack(struct bench_stages *stages);
/** What was packed last, put and committed with full sync; @return bytes. */
uint64_t bench_stage_commit(struct bench_stages *stages);

/** A fresh store, all files end to end, durable. */
uint64_t bench_stage_ingest(struct bench_stages *stages);

#ifdef __cplusplus
}
#endif

#endif
