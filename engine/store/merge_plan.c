#include "store/merge_plan.h"

#include <stdlib.h>
#include <string.h>

/** How many runs hold a day. */
struct held_day { clr_day day; uint32_t own, any; };

static bool is_own(const struct clr_run_day *day, uint64_t run_rows) { return day->rows > 0 && day->rows >= run_rows / CLR_RUN_DAY_SHARE; }

static bool too_many(const struct held_day *day) { return day->own > CLR_RUNS_OF_DAY || day->any > CLR_RUNS_OF_DAY_ANY; }

static int by_day(const void *a, const void *b)
{
    const struct held_day *const x = a, *const y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static int most_runs_first(const void *a, const void *b)
{
    const struct held_day *const x = a, *const y = b;
    if (x->own != y->own) return x->own > y->own ? -1 : 1;
    if (x->any != y->any) return x->any > y->any ? -1 : 1;
    return by_day(a, b);
}

/** Days of all ready runs, those of most runs first; malloc'ed. */
static enum clr_status count_days(struct clr_run *const *run, size_t run_count, struct held_day **out, size_t *out_count)
{
    size_t listed = 0, count = 0;
    for (size_t i = 0; i < run_count; i++) listed += run[i]->day_count;
    struct held_day *const held = malloc((listed + 1) * sizeof *held);
    if (held == NULL) return CLR_FULL;
    listed = 0;
    for (size_t i = 0; i < run_count; i++) {
        if (run[i]->state != CLR_RUN_READY) continue;
        const uint64_t rows = clr_run_rows(run[i]);
        for (uint32_t d = 0; d < run[i]->day_count; d++)
            held[listed++] = (struct held_day){ run[i]->day[d].day, is_own(&run[i]->day[d], rows), run[i]->day[d].rows > 0 };
    }
    if (listed > 1) qsort(held, listed, sizeof *held, by_day);
    for (size_t i = 0; i < listed; i++) {
        if (count > 0 && held[count - 1].day == held[i].day) {
            held[count - 1].own += held[i].own;
            held[count - 1].any += held[i].any;
        } else {
            held[count++] = held[i];
        }
    }
    if (count > 1) qsort(held, count, sizeof *held, most_runs_first);
    *out = held;
    *out_count = count;
    return CLR_OK;
}

/* ---- which of a day's runs ---- */

struct candidate { struct clr_run *run; uint64_t rows; };

static int by_rows(const void *a, const void *b)
{
    const struct candidate *const x = a, *const y = b;
    if (x->rows != y->rows) return x->rows < y->rows ? -1 : 1;
    return (x->run->id > y->run->id) - (x->run->id < y->run->id);
}

/** Is sum/largest of the first greater than of the second, or the same with fewer rows? */
static bool grows_more(uint64_t sum, uint64_t largest, uint64_t than_sum, uint64_t than_largest)
{
    const unsigned __int128 a = (unsigned __int128)sum * than_largest, b = (unsigned __int128)than_sum * largest;
    return a != b ? a > b : sum < than_sum;
}

/** The stretch of candidates (sorted by rows) that grows most, at least twofold. @return its length, 0 when there is none */
static size_t best_stretch(const struct candidate *candidate, size_t count, size_t *first)
{
    uint64_t best_sum = 0, best_largest = 1;
    size_t best = 0;
    for (size_t from = 0; from < count; from++) {
        uint64_t sum = candidate[from].rows;
        for (size_t end = from + 1; end < count && end - from < CLR_MERGE_RUNS_MAX; end++) {
            const uint64_t largest = candidate[end].rows;
            sum += largest;
            const bool reached = best == 0 ? sum / 2 >= largest : grows_more(sum, largest, best_sum, best_largest);
            if (!reached) continue;
            *first = from;
            best = end - from + 1;
            best_sum = sum;
            best_largest = largest;
        }
    }
    return best;
}

static bool holds(const struct clr_run *run, const struct held_day *day, uint64_t rows)
{
    for (uint32_t d = 0; d < run->day_count; d++)
        if (run->day[d].day == day->day) return day->own > CLR_RUNS_OF_DAY ? is_own(&run->day[d], rows) : run->day[d].rows > 0;
    return false;
}

/** @param candidate  room for all runs. @return length of the stretch at *first, 0 when none grows */
static size_t stretch_of_day(struct clr_run *const *run, size_t run_count, const struct held_day *day, struct candidate *candidate, size_t *first)
{
    size_t count = 0;
    for (size_t i = 0; i < run_count; i++) {
        const uint64_t rows = clr_run_rows(run[i]);
        if (run[i]->state == CLR_RUN_READY && holds(run[i], day, rows)) candidate[count++] = (struct candidate){ run[i], rows };
    }
    if (count > 1) qsort(candidate, count, sizeof *candidate, by_rows);
    return best_stretch(candidate, count, first);
}

static int by_id(const void *a, const void *b)
{
    const struct clr_run *const x = *(struct clr_run *const *)a, *const y = *(struct clr_run *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

static enum clr_status make_group(struct clr_run *const *run, size_t run_count, const struct candidate *candidate, size_t count, struct clr_merge_group *out)
{
    out->run = malloc((run_count + 1) * sizeof(struct clr_run *));
    if (out->run == NULL) return CLR_FULL;
    for (size_t i = 0; i < count; i++) {
        out->run[out->count++] = candidate[i].run;
        out->rows += candidate[i].rows;
    }
    /* A batch whose rows all belong to the file that goes on leaves a run without rows. */
    for (size_t i = 0; i < run_count; i++)
        if (run[i]->state == CLR_RUN_READY && run[i]->part_count == 0) out->run[out->count++] = run[i];
    qsort(out->run, out->count, sizeof *out->run, by_id);
    return CLR_OK;
}

enum clr_status clr_merge_choose(struct clr_run *const *run, size_t count, struct clr_merge_group *out)
{
    struct held_day *day;
    size_t days, first = 0, length = 0;
    memset(out, 0, sizeof *out);
    CLR_TRY(count_days(run, count, &day, &days));
    struct candidate *const candidate = malloc((count + 1) * sizeof *candidate);
    for (size_t d = 0; candidate != NULL && d < days && length == 0; d++)
        if (too_many(&day[d])) length = stretch_of_day(run, count, &day[d], candidate, &first);
    enum clr_status status = candidate == NULL ? CLR_FULL : CLR_NOT_FOUND;
    if (length > 0) status = make_group(run, count, candidate + first, length, out);
    free(candidate);
    free(day);
    return status;
}

void clr_merge_group_free(struct clr_merge_group *group)
{
    free(group->run);
    memset(group, 0, sizeof *group);
}

enum clr_status clr_merge_look(struct clr_run *const *run, size_t count, struct clr_merge_outlook *out)
{
    struct held_day *day;
    struct clr_merge_group group;
    size_t days;
    *out = (struct clr_merge_outlook){ .day = CLR_DAY_NONE };
    CLR_TRY(count_days(run, count, &day, &days));
    if (days > 0) {
        out->day = day[0].day;
        out->runs = day[0].own;
    }
    free(day);
    const enum clr_status status = clr_merge_choose(run, count, &group);
    out->due = status == CLR_OK;
    clr_merge_group_free(&group);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}
