/*
 * store_world.h: a small real store in a scratch folder: generated open-data files with repeats, conflicts and unknown companies, moves, decisions
 * and settled windows. For tests of what looks at a whole store.
 */
#ifndef CLR_TESTS_STORE_WORLD_H
#define CLR_TESTS_STORE_WORLD_H

#include "clr.h"
#include "scratch.h"

#define WORLD_STAMP "2026-03-03T23:00:00+08:00"
#define WORLD_RECORDS 4000

/** Where everything is made: the test's scratch_folder (scratch.h keeps one a source file). */
void world_use(const char *folder);

/** Write a file of seeded trades of 2026-03-01 … 03; some repeat trades of the same seed's file. @return path, in scratch's turning buffers */
const char *world_trades(const char *name, uint64_t seed, unsigned records);

/** A file of moves: loads, a purchase, refunds and decisions on records of the first admission. */
const char *world_moves(const char *name);

/** Create a store in `name` with the Shenzhen rules loaded, open for writing. */
struct clr_store *world_store(const char *name, const struct clr_store_options *options);

/** Take in files; each must come in whole. */
void world_ingest(struct clr_store *store, const char *const *paths, size_t count);

/** Everything: two files of trades, moves, a decision by a person, 2026-03-01 settled, audited. Closed again. */
void world_make(const char *name, const struct clr_store_options *options);

/** Options for such a store: small batches, so that there are many. */
extern const struct clr_store_options world_small;

/** Open a store by its name, for writing. */
struct clr_store *world_open(const char *name);

/** Set-up of a group of tests: the scratch folder, and in it the closed store "world". (scratch.h keeps one folder a source file.) */
static inline int world_group(void **state)
{
    if (scratch_open(state) != 0) return 1;
    world_use(scratch_folder);
    world_make("world", &world_small);
    return 0;
}

/** Copy the closed store `from` to `to` (archives too). */
void world_copy(const char *from, const char *to);

#endif
