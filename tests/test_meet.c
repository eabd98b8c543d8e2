/* The files of one command among themselves: against the plain pairwise rule, on drawn and on hostile sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/meet.h"

/* ---- the rule, pair by pair ---- */

struct said {
    enum clr_job_state state;
    uint32_t done_as;
};

static void plain_rule(const struct clr_plan *plan, struct said *said, uint32_t *kept_at, uint32_t *kept_count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < plan->order_count; i++) {
        const struct clr_job *const job = plan->order[i];
        said[i] = (struct said){ CLR_JOB_NEW, 0 };
        for (uint32_t k = 0; k < kept && said[i].state == CLR_JOB_NEW; k++) {
            const struct clr_job *const other = plan->order[kept_at[k]];
            if (memcmp(other->input.content, job->input.content, CLR_DIGEST_SIZE) == 0) said[i] = (struct said){ CLR_JOB_TWIN, k };
            else if (job->file_id[0] != '\0' && strcmp(job->file_id, other->file_id) == 0 &&
                     strcmp(job->sender_name, other->sender_name) == 0 && job->sender->check[CLR_FILE_REASON_SAME_ID] == CLR_CHECK_REJECT)
                said[i].state = CLR_JOB_REFUSED;
        }
        if (said[i].state == CLR_JOB_NEW) kept_at[kept++] = i;
    }
    *kept_count = kept;
}

/* ---- plans ---- */

static struct clr_sender strict, lenient;

static struct clr_plan make_plan(uint32_t count)
{
    struct clr_plan plan = { .jobs = calloc(count + 1, sizeof *plan.jobs), .job_count = count };
    plan.order = calloc(count + 1, sizeof *plan.order);
    assert_true(plan.jobs != NULL && plan.order != NULL);
    for (uint32_t i = 0; i < count; i++) {
        plan.order[i] = &plan.jobs[i];
        plan.jobs[i].argument = i;
        plan.jobs[i].refusal = -1;
        plan.jobs[i].path = "x";
    }
    plan.order_count = count;
    return plan;
}

static void set_job(struct clr_job *job, const char *sender, uint32_t id, uint64_t content, const struct clr_sender *profile)
{
    char text[16] = "";
    if (id != 0) snprintf(text, sizeof text, "F%u", id);
    job->sender_name = strdup(sender);
    job->file_id = strdup(text);
    job->sender = profile;
    memcpy(job->input.content + CLR_DIGEST_SIZE - 8, &content, sizeof content);      /* alike but for the last bytes */
}

static void free_plan(struct clr_plan *plan)
{
    for (size_t i = 0; i < plan->job_count; i++) {
        free(plan->jobs[i].sender_name);
        free(plan->jobs[i].file_id);
    }
    free(plan->jobs);
    free(plan->order);
}

static void compare(struct clr_plan *plan, const char *what)
{
    const uint32_t count = plan->order_count;
    struct said *const said = calloc(count + 1, sizeof *said);
    uint32_t *const kept = calloc(count + 1, sizeof *kept), kept_count;
    assert_true(said != NULL && kept != NULL);
    plain_rule(plan, said, kept, &kept_count);
    assert_int_equal(clr_plan_meet(plan), CLR_OK);
    if (plan->order_count != kept_count) fail_msg("%s: %u kept, not %u", what, plan->order_count, kept_count);
    for (uint32_t i = 0; i < kept_count; i++)
        if (plan->order[i] != &plan->jobs[kept[i]]) fail_msg("%s: place %u", what, i);
    for (uint32_t i = 0; i < count; i++) {
        const struct clr_job *const job = &plan->jobs[i];
        if (job->state != said[i].state) fail_msg("%s: job %u is %d, not %d", what, i, (int)job->state, (int)said[i].state);
        if (job->state == CLR_JOB_TWIN && job->done_as != said[i].done_as) fail_msg("%s: job %u is the twin of another", what, i);
        if (job->state == CLR_JOB_REFUSED && (job->fault.en[0] == '\0' || job->fault.zh[0] == '\0')) fail_msg("%s: job %u says nothing", what, i);
    }
    free(said);
    free(kept);
}

/* ---- tests ---- */

static void small_sets(void **state)
{
    static const struct { const char *name; uint32_t count; struct { const char *sender; uint32_t id; uint64_t content; bool warns; } job[4]; } rows[] = {
        { "none", 0, { { "a", 0, 0, false } } },
        { "one", 1, { { "a", 1, 1, false } } },
        { "same bytes", 2, { { "a", 1, 1, false }, { "a", 1, 1, false } } },
        { "same bytes, other sender", 2, { { "a", 1, 1, false }, { "b", 2, 1, false } } },
        { "same id", 2, { { "a", 1, 1, false }, { "a", 1, 2, false } } },
        { "same id, sender only warns", 2, { { "a", 1, 1, true }, { "a", 1, 2, true } } },
        { "same id of two senders", 2, { { "a", 1, 1, false }, { "b", 1, 2, false } } },
        { "no ids", 3, { { "a", 0, 1, false }, { "a", 0, 2, false }, { "a", 0, 3, false } } },
        { "id before content", 3, { { "a", 1, 1, false }, { "a", 2, 2, false }, { "a", 1, 2, false } } },
        { "content before id", 3, { { "a", 2, 2, false }, { "a", 1, 1, false }, { "a", 1, 2, false } } },
        { "twin of a refused one is new", 3, { { "a", 1, 1, false }, { "a", 1, 2, false }, { "b", 3, 2, false } } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clr_plan plan = make_plan(rows[i].count);
        for (uint32_t k = 0; k < rows[i].count; k++)
            set_job(&plan.jobs[k], rows[i].job[k].sender, rows[i].job[k].id, rows[i].job[k].content, rows[i].job[k].warns ? &lenient : &strict);
        compare(&plan, rows[i].name);
        free_plan(&plan);
    }
}

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)((*seed >> 33) % below);
}

static void drawn_sets(void **state)
{
    static const char *const senders[] = { "a", "b", "ab" };
    (void)state;
    for (uint64_t round = 1; round <= 200; round++) {
        char what[32];
        uint64_t seed = round;
        const uint32_t count = draw(&seed, 60), ids = 1 + draw(&seed, 30), contents = 1 + draw(&seed, 60);
        struct clr_plan plan = make_plan(count);
        for (uint32_t i = 0; i < count; i++)
            set_job(&plan.jobs[i], senders[draw(&seed, 3)], draw(&seed, ids), draw(&seed, contents), draw(&seed, 4) == 0 ? &lenient : &strict);
        snprintf(what, sizeof what, "seed %llu", (unsigned long long)round);
        compare(&plan, what);
        free_plan(&plan);
    }
}

/* A flood: pair by pair these would be 2 · 10^9 comparisons of ids and digests, instead of a moment. */
static void floods(void **state)
{
    enum { COUNT = 60000 };
    (void)state;
    struct clr_plan plan = make_plan(COUNT);
    for (uint32_t i = 0; i < COUNT; i++) set_job(&plan.jobs[i], "a", i + 1, i, &strict);
    assert_int_equal(clr_plan_meet(&plan), CLR_OK);
    assert_int_equal(plan.order_count, COUNT);
    struct clr_job **const sorted = clr_plan_by_content(&plan);
    assert_non_null(sorted);
    for (uint32_t i = 0; i < COUNT; i++)
        if (clr_job_of_content(sorted, COUNT, plan.jobs[i].input.content) != &plan.jobs[i]) fail_msg("job %u is not found", i);
    uint8_t other[CLR_DIGEST_SIZE] = { 1 };
    assert_null(clr_job_of_content(sorted, COUNT, other));
    assert_null(clr_job_of_content(sorted, 0, other));
    free(sorted);
    free_plan(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(small_sets), cmocka_unit_test(drawn_sets), cmocka_unit_test(floods) };
    for (unsigned i = 0; i < sizeof strict.check / sizeof *strict.check; i++) {
        strict.check[i] = CLR_CHECK_REJECT;
        lenient.check[i] = CLR_CHECK_WARN;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
