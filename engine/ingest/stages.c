#include "ingest/stages.h"

#include <string.h>

#include "base/clock.h"

static const struct { const char *name, *en, *zh; } names[CLR_STAGE_COUNT] = {
#define X(id, name, en, zh) [CLR_STAGE_##id] = { name, en, zh },
    CLR_STAGE_LIST(X)
#undef X
};

const char *clr_stage_name(enum clr_stage stage) { return names[stage].name; }

const char *clr_stage_text(enum clr_stage stage, bool chinese) { return chinese ? names[stage].zh : names[stage].en; }

/* ---- laps ---- */

void clr_lap_start(struct clr_lap *lap)
{
    lap->since_ns = clr_clock_monotonic_ns();
    lap->since_cpu_ns = clr_clock_thread_cpu_ns();
}

void clr_lap_resume(struct clr_lap *lap)
{
    if (lap->since_ns != 0) clr_lap_start(lap);
}

void clr_lap_end_running(struct clr_lap *lap, enum clr_stage stage)
{
    const uint64_t now = clr_clock_monotonic_ns(), cpu = clr_clock_thread_cpu_ns();

    lap->ns[stage] += now - lap->since_ns;
    lap->cpu_ns[stage] += cpu - lap->since_cpu_ns;
    lap->since_ns = now;
    lap->since_cpu_ns = cpu;
}

/* ---- the command ---- */

void clr_stages_begin(struct clr_stages *stages, unsigned threads)
{
    if (stages == NULL) return;
    memset(stages, 0, sizeof *stages);
    stages->threads = threads;
    stages->wall_ns = stages->step_ns = clr_clock_monotonic_ns();
    stages->all_cpu_ns = stages->step_cpu_ns = clr_clock_process_cpu_ns();
}

void clr_stages_step(struct clr_stages *stages, enum clr_stage stage)
{
    if (stages == NULL) return;
    const uint64_t now = clr_clock_monotonic_ns(), cpu = clr_clock_process_cpu_ns();
    stages->ns[stage] += (now - stages->step_ns) * stages->threads;
    stages->cpu_ns[stage] += cpu - stages->step_cpu_ns;
    stages->step_ns = now;
    stages->step_cpu_ns = cpu;
}

void clr_stages_add(struct clr_stages *stages, const struct clr_lap *lap)
{
    if (stages == NULL) return;
    for (unsigned i = 0; i < CLR_STAGE_COUNT; i++) {
        stages->ns[i] += lap->ns[i];
        stages->cpu_ns[i] += lap->cpu_ns[i];
    }
}

/** What is left of a whole when its parts are known; clocks differ a little, so parts may be more. */
static uint64_t rest_of(uint64_t whole, uint64_t part[CLR_STAGE_COUNT])
{
    uint64_t used = 0;

    part[CLR_STAGE_OTHER] = 0;
    for (unsigned i = 0; i < CLR_STAGE_COUNT; i++) used += part[i];
    return whole > used ? whole - used : 0;
}

void clr_stages_end(struct clr_stages *stages)
{
    if (stages == NULL) return;
    stages->wall_ns = clr_clock_monotonic_ns() - stages->wall_ns;
    stages->all_cpu_ns = clr_clock_process_cpu_ns() - stages->all_cpu_ns;
    stages->ns[CLR_STAGE_OTHER] = rest_of(stages->wall_ns * stages->threads, stages->ns);
    stages->cpu_ns[CLR_STAGE_OTHER] = rest_of(stages->all_cpu_ns, stages->cpu_ns);
}
