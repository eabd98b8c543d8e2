/*
 * bench_machine.h: what this machine can do at best, measured beside the benchmark: the floor under a stage's time.
 *
 * The model is simple and stands in bench/README.md: the digest takes at least the file by the speed of SHA-256; what must cross the memory takes its
 * bytes by what one core copies there; TACs take what the engine takes for records in memory; writing takes what is stored by the speed of a durable
 * write. What stays in the caches from one stage to the next costs nothing in it, and arithmetic is left out: a floor says where to look, not what
 * can be reached. Rates are of processor time, as the stages' are, but for the write, which waits.
 *
 * Threads   one; nothing else of the command runs meanwhile.
 */
#ifndef CLEAR_BENCH_MACHINE_H
#define CLEAR_BENCH_MACHINE_H

#include "ingest/stages.h"
#include "row.h"
#include "tac/tac.h"

struct bench_machine {
    uint64_t memory_rate, sha_rate, disk_rate;     /* bytes a second: copied (read and written both count), hashed, written and synced */
    uint64_t tac_tenths;                           /* of a nanosecond, a record; 0: not measured */
    enum clr_tac_engine engine;
};

/**
 * @param directory  where the durable write goes.
 * @param tac        measure `engine`, too; 0 = the fastest, else 1 + enum clr_tac_engine.
 * @return CLR_OK | CLR_FULL | CLR_USAGE (no such engine, the folder cannot be written) | CLR_KEY | CLR_INTERNAL
 */
CLR_MUST_USE enum clr_status bench_machine_measure(const char *directory, bool tac, unsigned engine, struct bench_machine *out, struct clr_fault *fault);

/** Tenths of a nanosecond a record that a stage takes at least, 0 where the model has none. */
uint64_t bench_machine_floor(const struct bench_machine *machine, enum clr_stage stage, const struct clr_stages *stages, uint64_t records, uint64_t file_bytes,
                             uint64_t stored_bytes);

/** One row: everything measured. */
void bench_machine_row(struct row *row, const struct bench_machine *machine);

#endif
