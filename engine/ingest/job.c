#include "ingest/job.h"

#include <stdio.h>
#include <stdlib.h>

clr_day clr_window_first_open(const struct clr_closed_windows *closed, clr_day w0)
{
    size_t low = 0, high = closed->count;
    if (closed->through != CLR_DAY_NONE && w0 <= closed->through) w0 = closed->through + 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (closed->day[middle] < w0) low = middle + 1;
        else high = middle;
    }
    for (; low < closed->count && closed->day[low] == w0; low++) w0++;
    return w0;
}

/** The finding as a sentence, for the operator. */
static void say_finding(struct clr_job *job, const struct clr_finding *finding)
{
    const struct clr_term term = clr_file_reason_term((unsigned)finding->reason);
    struct clr_fault *const fault = &job->fault;
    clr_fault_say(fault, CLR_REFUSED, "%s%.0s%s%s%s%s", "%.0s%s%s%s%s%s", term.en, term.zh, finding->declared[0] ? " | declared 声明: " : "", finding->declared,
                  finding->seen[0] ? " | seen 实际: " : "", finding->seen);
    clr_fault_at(fault, job->path, 0, finding->field);
    fault->record = finding->record;
    fault->offset = finding->offset;
    fault->has_offset = 1;
    snprintf(fault->seen, sizeof fault->seen, "%s", finding->seen);
}

void clr_job_refuse(struct clr_job *job, enum clr_file_reason reason, const struct clr_fault *fault)
{
    struct clr_finding *const finding = clr_codec_find(&job->file, reason, fault != NULL ? fault->record : 0, fault != NULL ? fault->offset : 0);
    job->state = CLR_JOB_REFUSED;
    if (finding == NULL) {
        job->refusal = CLR_FINDINGS_MAX - 1;
    } else {
        job->refusal = (int)job->file.finding_count - 1;
        if (fault != NULL) {
            snprintf(finding->field, sizeof finding->field, "%s", fault->field);
            snprintf(finding->seen, sizeof finding->seen, "%.*s", (int)sizeof finding->seen - 1, fault->seen);
        }
    }
    if (fault != NULL && fault->en[0] != '\0') {
        job->fault = *fault;
        job->fault.status = CLR_REFUSED;
        if (job->fault.path[0] == '\0') clr_fault_at(&job->fault, job->path, 0, NULL);
    } else if (finding != NULL) {
        say_finding(job, finding);
    }
}

void clr_job_judge_findings(struct clr_job *job)
{
    for (unsigned i = 0; i < job->file.finding_count && job->state != CLR_JOB_REFUSED; i++) {
        const struct clr_finding *const finding = &job->file.findings[i];
        const enum clr_check_mode mode = job->sender != NULL ? job->sender->check[finding->reason] : CLR_CHECK_REJECT;
        if (mode != CLR_CHECK_REJECT) continue;
        job->state = CLR_JOB_REFUSED;
        job->refusal = (int)i;
        say_finding(job, finding);
    }
}

void clr_job_free(struct clr_job *job)
{
    clr_input_free(&job->input);
    clr_cells_free(&job->cells);
    free(job->sender_name);
    free(job->file_id);
    free(job->tail_run);
}
