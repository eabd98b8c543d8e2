/* Which runs are merged, by their manifests alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

#include "store/merge_plan.h"

#define RUNS_MAX 40

/* Sizes of runs of day 1 (in rows), in order of id; a negative one is a run of day 2; 0 a run without rows. */
struct plan_case {
    const char *name;
    int rows[RUNS_MAX];
    unsigned count;
    const char *merged;                  /* ids, "1 2 3"; "" = nothing is due */
};

static const struct plan_case cases[] = {
    { "no runs", { 0 }, 0, "" },
    { "one run", { 100 }, 1, "" },
    { "eight equal", { 9, 9, 9, 9, 9, 9, 9, 9 }, 8, "" },
    { "nine equal", { 9, 9, 9, 9, 9, 9, 9, 9, 9 }, 9, "1 2 3 4 5 6 7 8 9" },
    { "nine, five of another day", { 9, 9, 9, 9, -9, -9, -9, -9, -9 }, 9, "" },
    { "nine of a day, and one of another", { 9, 9, 9, 9, -9, 9, 9, 9, 9, 9 }, 10, "1 2 3 4 6 7 8 9 10" },
    { "the large one stays", { 90, 10, 10, 10, 10, 10, 10, 10, 10 }, 9, "2 3 4 5 6 7 8 9" },
    { "two small ones do not pull in one large one", { 1, 1, 1000, 1000, 1000, 1000, 1000, 1000, 1000 }, 9, "1 2 3 4 5 6 7 8 9" },
    { "second tier", { 80, 80, 80, 80, 80, 80, 80, 80, 1 }, 9, "1 2 3 4 5 6 7 8 9" },
    { "two tiers: the one that grows more", { 1, 1, 1, 1, 1, 80, 80, 80, 80 }, 9, "1 2 3 4 5" },
    { "tripled sizes: none is doubled", { 1, 3, 9, 27, 81, 243, 729, 2187, 6561 }, 9, "" },
    { "two equal ones among tripled sizes", { 1, 3, 9, 9, 27, 81, 243, 729, 2187 }, 9, "1 2 3 4" },
    { "empty runs alone are nothing", { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 10, "" },
    { "empty runs go with the others", { 0, 9, 9, 9, 9, 9, 9, 9, 9, 9 }, 10, "1 2 3 4 5 6 7 8 9 10" },
    { "nine of one row", { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 9, "1 2 3 4 5 6 7 8 9" },
};

static struct clr_run runs[RUNS_MAX], *list[RUNS_MAX];
static struct clr_part parts[RUNS_MAX];
static struct clr_run_day days[RUNS_MAX][2];

static void make_run(unsigned at, int rows)
{
    const unsigned size = (unsigned)abs(rows);
    parts[at] = (struct clr_part){ .rows = size };
    days[at][0] = (struct clr_run_day){ rows < 0 ? 2 : 1, size };
    runs[at] = (struct clr_run){ .id = at + 1, .state = CLR_RUN_READY, .part = &parts[at], .part_count = size > 0, .day = days[at], .day_count = size > 0 };
    list[at] = &runs[at];
}

static void ids_of(const struct clr_merge_group *group, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < group->count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%llu", i > 0 ? " " : "", (unsigned long long)group->run[i]->id);
}

static void expect(const char *name, unsigned count, const char *merged)
{
    struct clr_merge_group group;
    struct clr_merge_outlook outlook;
    char got[256];
    uint64_t rows = 0;
    const enum clr_status status = clr_merge_choose(list, count, &group);
    ids_of(&group, got, sizeof got);
    if (status != (*merged != '\0' ? CLR_OK : CLR_NOT_FOUND) || strcmp(got, merged) != 0) fail_msg("%s: merged \"%s\", wanted \"%s\"", name, got, merged);
    for (size_t i = 0; i < group.count; i++) rows += clr_run_rows(group.run[i]);
    if (rows != group.rows) fail_msg("%s: rows", name);
    clr_merge_group_free(&group);
    assert_int_equal(clr_merge_look(list, count, &outlook), CLR_OK);
    if (outlook.due != (*merged != '\0')) fail_msg("%s: due", name);
}

static void chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned r = 0; r < cases[i].count; r++) make_run(r, cases[i].rows[r]);
        expect(cases[i].name, cases[i].count, cases[i].merged);
    }
}

/* Runs of a day of their own, each with `late` rows of day 100 among 10,000. */
static void make_nights(unsigned count, unsigned late)
{
    for (unsigned i = 0; i < count; i++) {
        make_run(i, 10000);
        days[i][0].day = (clr_day)i;
        days[i][1] = (struct clr_run_day){ 100, late };
        runs[i].day_count = 2;
    }
}

static void stragglers_make_no_run_of_a_day(void **state)
{
    struct clr_merge_outlook outlook;
    struct clr_merge_group group;
    (void)state;
    make_nights(32, 10);
    expect("32 nights with late records of one day", 32, "");
    assert_int_equal(clr_merge_look(list, 32, &outlook), CLR_OK);
    assert_int_equal(outlook.runs, 1);
    make_nights(33, 10);
    assert_int_equal(clr_merge_choose(list, 33, &group), CLR_OK);
    assert_int_equal(group.count, 33);
    clr_merge_group_free(&group);
    make_nights(9, 40);
    expect("nine nights, four in a thousand late", 9, "1 2 3 4 5 6 7 8 9");
    make_nights(9, 38);
    expect("nine nights, fewer", 9, "");
}

static void only_ready_runs(void **state)
{
    (void)state;
    for (unsigned r = 0; r < 12; r++) make_run(r, 9);
    runs[0].state = CLR_RUN_BUILDING;
    runs[1].state = runs[2].state = CLR_RUN_RETIRED;
    expect("nine ready ones", 12, "4 5 6 7 8 9 10 11 12");
    runs[3].state = CLR_RUN_BUILDING;
    expect("eight ready ones", 12, "");
}

static void never_more_than_the_limit(void **state)
{
    struct clr_merge_group group;
    static struct clr_run many[100], *all[100];
    static struct clr_part part = { .rows = 5 };
    static struct clr_run_day day = { 1, 5 };
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        many[i] = (struct clr_run){ .id = i + 1, .state = CLR_RUN_READY, .part = &part, .part_count = 1, .day = &day, .day_count = 1 };
        all[i] = &many[i];
    }
    assert_int_equal(clr_merge_choose(all, 100, &group), CLR_OK);
    assert_int_equal(group.count, CLR_MERGE_RUNS_MAX);
    assert_int_equal(group.rows, 5 * CLR_MERGE_RUNS_MAX);
    clr_merge_group_free(&group);
}

/* The promise of ADR 10: equal runs that come in one after another. */
static void rows_are_written_again_a_few_times(void **state)
{
    static struct clr_run pool[400], *now[64];
    static struct clr_part part[400];
    static struct clr_run_day day[400];
    size_t count = 0;
    uint64_t written = 0;
    unsigned made = 0, most = 0;
    (void)state;
    for (unsigned arrival = 0; arrival < 200; arrival++) {
        struct clr_merge_group group;
        uint64_t rows = 1000;
        for (;;) {
            part[made].rows = (uint32_t)rows;
            day[made] = (struct clr_run_day){ 7, rows };
            pool[made] = (struct clr_run){ .id = made + 1, .state = CLR_RUN_READY, .part = &part[made], .part_count = 1, .day = &day[made], .day_count = 1 };
            now[count++] = &pool[made++];
            if (clr_merge_choose(now, count, &group) != CLR_OK) break;
            written += rows = group.rows;
            size_t kept = 0;
            for (size_t i = 0; i < count; i++) {
                bool merged = false;
                for (size_t g = 0; g < group.count; g++) merged |= group.run[g] == now[i];
                if (!merged) now[kept++] = now[i];
            }
            count = kept;
            clr_merge_group_free(&group);
        }
        if (count > most) most = (unsigned)count;
    }
    if (most > 8) fail_msg("%u runs at once", most);
    if (written > 3 * 200 * 1000) fail_msg("200,000 rows came in, %llu were written again", (unsigned long long)written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen), cmocka_unit_test(stragglers_make_no_run_of_a_day), cmocka_unit_test(only_ready_runs),
        cmocka_unit_test(never_more_than_the_limit), cmocka_unit_test(rows_are_written_again_a_few_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
