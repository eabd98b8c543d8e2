/*
 * arena.h: one block of memory, taken once, given out front to back, reset as a whole.
 *
 *   | taken … taken | free ……………………………… |
 *   base            used                size
 *
 * Owner     clr_arena_create/_destroy own the block; takers own nothing and free nothing.
 * Errors    a take that does not fit returns NULL; the arena is unchanged.
 * Threads   clr_arena_take: one thread. clr_arena_claim: any number of threads at once (lock-free).
 */
#ifndef CLR_BASE_ARENA_H
#define CLR_BASE_ARENA_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct clr_arena {
    uint8_t *base;
    size_t size;
    _Atomic size_t used;
};

/** Map `size` bytes (0 is valid: nothing fits), huge pages advised, not touched yet: a page is first touched by who takes it.
 *  @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status clr_arena_create(struct clr_arena *arena, size_t size);
void clr_arena_destroy(struct clr_arena *arena);
void clr_arena_reset(struct clr_arena *arena);

/** `size` bytes aligned to 64, or NULL when full. Contents are whatever was there. */
void *clr_arena_take(struct clr_arena *arena, size_t size);

/** The same, safe from several threads. */
void *clr_arena_claim(struct clr_arena *arena, size_t size);

#endif
