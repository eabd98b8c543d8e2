#include "progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "text.h"
#include "utf8.h"
#include "value.h"

#define BAR_MAX 30
#define BAR_MIN 8
#define SECOND_NS UINT64_C(1000000000)

void progress_start(struct progress *progress, FILE *out, enum progress_mode mode)
{
    *progress = (struct progress){ .mode = mode, .out = out };
    if (mode == PROGRESS_NEVER) return;
    progress->started_ns = progress->last_ns = progress->stage_ns = clr_clock_monotonic_ns();
}

/** The part after the bar: "45 %  1.2 GiB / 2.6 GiB  12,345 records  6,100,000/s  0:12 left". */
static void format_facts(const struct progress_state *state, char *text, size_t size)
{
    char done[VALUE_TEXT_SIZE], total[VALUE_TEXT_SIZE], records[VALUE_TEXT_SIZE], rate[VALUE_TEXT_SIZE], left[VALUE_TEXT_SIZE];
    size_t used = 0;

    text[0] = '\0';
    if (state->bytes_total > 0)
        used += (size_t)snprintf(text, size, "%3u%%  %s / %s  ", value_percent(state->bytes_done, state->bytes_total),
                                 value_size_text(state->bytes_done, done), value_size_text(state->bytes_total, total));
    if (used < size)
        used += (size_t)snprintf(text + used, size - used, text_of("%s records  %s/s", "%s 条  %s 条/秒"),
                                 value_count_text(state->records, records), value_count_text(value_rate(state->records, state->elapsed_us), rate));
    if (used >= size || state->bytes_done == 0 || state->bytes_done >= state->bytes_total) return;
    const unsigned __int128 rest = (unsigned __int128)state->elapsed_us * (state->bytes_total - state->bytes_done) / state->bytes_done;
    snprintf(text + used, size - used, text_of("  %s left", "  剩余 %s"), value_duration_text((uint64_t)(rest / 1000000), left));
}

const char *progress_format(const struct progress_state *state, size_t columns, bool bar, char *text, size_t size)
{
    char facts[192], drawing[BAR_MAX + 4] = "";
    const size_t stage_width = utf8_text_width(state->stage);

    format_facts(state, facts, sizeof facts);
    const size_t taken = stage_width + utf8_text_width(facts) + 5;
    if (bar && state->bytes_total > 0 && columns >= taken + BAR_MIN) {
        size_t cells = columns - taken;
        if (cells > BAR_MAX) cells = BAR_MAX;
        const size_t filled = cells * value_percent(state->bytes_done, state->bytes_total) / 100;
        drawing[0] = '[';
        memset(drawing + 1, '#', filled);
        memset(drawing + 1 + filled, '.', cells - filled);
        memcpy(drawing + 1 + cells, "] ", 3);
    }
    snprintf(text, size, "%s %s%s", state->stage, drawing, facts);
    return text;
}

static size_t terminal_columns(FILE *out)
{
    struct winsize window;
    return ioctl(fileno(out), TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
}

/** The engine's names of its stages, for people. */
static const char *stage_text(const char *stage)
{
    static const struct { const char *name, *en, *zh; } stages[] = {
        { "hash", "hashing", "计算摘要" },     { "decode", "decoding", "解码" },    { "ingest", "taking in", "受理" },
        { "dedup", "finding repeats", "查重" }, { "commit", "committing", "提交" },  { "archive", "archiving", "封存" },
        { "verify", "verifying", "核验" },     { "gen", "generating", "生成" },
        { "merge", "merging runs", "合并批次" },
    };
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if (strcmp(stage, stages[i].name) == 0) return text_of(stages[i].en, stages[i].zh);
    return stage;
}

/** Is a line due now? A bar always; plain lines once a period. */
static bool due(struct progress *progress, uint64_t now_ns)
{
    if (progress->mode == PROGRESS_BAR) return true;
    const uint64_t period = progress->mode == PROGRESS_PLAIN ? SECOND_NS : 10 * SECOND_NS;
    if (now_ns - progress->last_ns < period) return false;
    progress->last_ns = now_ns;
    return true;
}

bool progress_step(void *context, const char *stage, uint64_t bytes_done, uint64_t bytes_total, uint64_t records)
{
    struct progress *progress = context;
    char text[320];

    if (progress->mode == PROGRESS_NEVER) return !clr_stop_requested();
    const uint64_t now_ns = clr_clock_monotonic_ns();
    if (strncmp(progress->stage, stage, sizeof progress->stage - 1) != 0) {
        snprintf(progress->stage, sizeof progress->stage, "%s", stage);
        progress->stage_ns = now_ns;
    }
    if (due(progress, now_ns)) {
        const struct progress_state state = { stage_text(stage), bytes_done, bytes_total, records, (now_ns - progress->stage_ns) / 1000 };
        const bool bar = progress->mode == PROGRESS_BAR;
        progress_format(&state, bar ? terminal_columns(progress->out) : 400, bar, text, sizeof text);
        fprintf(progress->out, bar ? "\r%s\033[K" : "%s\n", text);
        fflush(progress->out);
        progress->drawn = bar;
    }
    return !clr_stop_requested();
}

void progress_end(struct progress *progress)
{
    if (!progress->drawn) return;
    fputs("\r\033[K", progress->out);
    fflush(progress->out);
    progress->drawn = false;
}
