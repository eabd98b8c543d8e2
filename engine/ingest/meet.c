#include "ingest/meet.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* ---- groups: which jobs are alike ---- */

/** A job and its place in the order; alike jobs are neighbours after a sort, the first in order first. */
struct place {
    const struct clr_job *job;
    uint32_t at;
};

typedef int compare_jobs(const struct clr_job *a, const struct clr_job *b);

static int compare_content(const struct clr_job *a, const struct clr_job *b)
{
    return memcmp(a->input.content, b->input.content, CLR_DIGEST_SIZE);
}

static int compare_id(const struct clr_job *a, const struct clr_job *b)
{
    const int order = strcmp(a->file_id, b->file_id);
    return order != 0 ? order : strcmp(a->sender_name, b->sender_name);
}

static int by_content(const void *a, const void *b)
{
    return compare_content(((const struct place *)a)->job, ((const struct place *)b)->job);
}

static int by_id(const void *a, const void *b)
{
    return compare_id(((const struct place *)a)->job, ((const struct place *)b)->job);
}

/** group[i]: a number that job i of the order shares with those like it, and with no other. */
static void number_groups(const struct clr_plan *plan, struct place *place, int (*sort)(const void *, const void *), compare_jobs *compare,
                          uint32_t *group)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < plan->order_count; i++) place[i] = (struct place){ plan->order[i], i };
    if (plan->order_count > 1) qsort(place, plan->order_count, sizeof *place, sort);
    for (uint32_t i = 0; i < plan->order_count; i++) {
        if (i > 0 && compare(place[i - 1].job, place[i].job) != 0) number++;
        group[place[i].at] = number;
    }
}

/* ---- who is kept ---- */

struct groups {
    uint32_t *content, *id;              /* group of each job of the order */
    uint32_t *first_content, *first_id;  /* the first kept job of a group, as a place among the kept ones; NONE */
};

/** Both may have been met by an earlier job: the one that stands first in the order says what this job is. */
static void meet(struct clr_job *job, uint32_t same_content, uint32_t same_id)
{
    const bool id_counts = same_id != NONE && job->file_id[0] != '\0' && job->sender->check[CLR_FILE_REASON_SAME_ID] == CLR_CHECK_REJECT;
    if (same_content != NONE && (!id_counts || same_content <= same_id)) {
        job->state = CLR_JOB_TWIN;
        job->done_as = same_content;
    } else if (id_counts) {
        struct clr_fault fault = { 0 };
        clr_fault_say(&fault, CLR_REFUSED, "another file of this command has the same name and other content",
                      "本次命令中另有同名但内容不同的文件");
        clr_job_refuse(job, CLR_FILE_REASON_SAME_ID, &fault);
    }
}

static void keep_first(struct clr_plan *plan, const struct groups *groups)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < plan->order_count; i++) {
        struct clr_job *const job = plan->order[i];
        uint32_t *const content = &groups->first_content[groups->content[i]], *const id = &groups->first_id[groups->id[i]];
        meet(job, *content, *id);
        if (job->state != CLR_JOB_NEW) continue;
        if (*content == NONE) *content = kept;
        if (*id == NONE) *id = kept;
        plan->order[kept++] = job;
    }
    plan->order_count = kept;
}

enum clr_status clr_plan_meet(struct clr_plan *plan)
{
    const size_t count = plan->order_count;
    struct place *const place = malloc((count + 1) * sizeof *place);
    uint32_t *const number = malloc((count + 1) * 4 * sizeof *number);
    enum clr_status status = CLR_FULL;
    if (place != NULL && number != NULL) {
        const struct groups groups = { number, number + count, number + 2 * count, number + 3 * count };
        memset(groups.first_content, 0xff, 2 * count * sizeof *number);      /* NONE, both */
        number_groups(plan, place, by_content, compare_content, groups.content);
        number_groups(plan, place, by_id, compare_id, groups.id);
        keep_first(plan, &groups);
        status = CLR_OK;
    }
    free(place);
    free(number);
    return status;
}

/* ---- found by content ---- */

static int job_by_content(const void *a, const void *b)
{
    return compare_content(*(struct clr_job *const *)a, *(struct clr_job *const *)b);
}

struct clr_job **clr_plan_by_content(const struct clr_plan *plan)
{
    struct clr_job **const sorted = malloc((plan->order_count + 1) * sizeof(struct clr_job *));
    if (sorted == NULL) return NULL;
    if (plan->order_count > 0) memcpy(sorted, plan->order, plan->order_count * sizeof *sorted);
    if (plan->order_count > 1) qsort(sorted, plan->order_count, sizeof *sorted, job_by_content);
    return sorted;
}

struct clr_job *clr_job_of_content(struct clr_job *const *sorted, uint32_t count, const uint8_t content[CLR_DIGEST_SIZE])
{
    uint32_t low = 0, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = memcmp(sorted[middle]->input.content, content, CLR_DIGEST_SIZE);
        if (order == 0) return sorted[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}
