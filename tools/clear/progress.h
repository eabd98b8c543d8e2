/*
 * progress.h: how far a long command is: a bar on a terminal, plain lines elsewhere, nothing when asked.
 *
 * Rate      the engine calls at most five times a second; a bar is redrawn each time, plain lines come every second
 *           (asked for) or every ten seconds (by itself, so that a short run from cron stays silent).
 * Clock     monotonic, for this display alone.
 * Threads   one; the engine calls from one thread.
 */
#ifndef CLEAR_PROGRESS_H
#define CLEAR_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum progress_mode { PROGRESS_NEVER, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_SELDOM };

struct progress {
    enum progress_mode mode;
    FILE *out;
    uint64_t started_ns, last_ns, stage_ns;
    char stage[32];
    bool drawn;
};

/** What is known at one step. */
struct progress_state {
    const char *stage;
    uint64_t bytes_done, bytes_total, records;
    uint64_t elapsed_us;                 /* since the stage began */
};

void progress_start(struct progress *progress, FILE *out, enum progress_mode mode);

/** The engine's callback; context is a struct progress. False once a stop was asked for. */
bool progress_step(void *context, const char *stage, uint64_t bytes_done, uint64_t bytes_total, uint64_t records);

/** Wipe the bar. */
void progress_end(struct progress *progress);

/**
 * The line of one step, without a line end, in at most `columns` columns (the bar shrinks, then goes).
 *
 * @return `text`
 */
const char *progress_format(const struct progress_state *state, size_t columns, bool bar, char *text, size_t size);

#endif
