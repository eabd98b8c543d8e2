/*
 * job.h: one input file on its way through a command: what was scanned, how it is judged, what came of it.
 *
 * Made by admission.c, read by the pipeline's workers (const while they run), finished by finish.c.
 */
#ifndef CLR_INGEST_JOB_H
#define CLR_INGEST_JOB_H

#include "clear/cell.h"
#include "clr.h"
#include "ingest/input.h"
#include "store/files.h"

enum clr_job_state {
    CLR_JOB_NEW,          /* to be taken in */
    CLR_JOB_DONE,         /* in the store already (already-done) */
    CLR_JOB_TWIN,         /* same content as an earlier file of this command */
    CLR_JOB_REFUSED,
    CLR_JOB_FINISHED      /* taken in by this command */
};

struct clr_job {
    size_t argument;                      /* index of its path among the command's */
    const char *path;
    struct clr_input input;
    const struct clr_codec *codec;
    struct clr_codec_file file;
    const struct clr_sender *sender;      /* NULL until known */
    char *sender_name, *file_id;
    int64_t stamp;
    clr_day receipt_window;               /* w0 of a receipt sender (already moved past closed windows), CLR_DAY_NONE when declared */
    uint32_t admission;                   /* 0 until admitted */
    uint32_t done_as;                     /* CLR_JOB_DONE: admission of the file in the store */
    enum clr_job_state state;
    struct clr_fault fault;               /* of a refusal */
    int refusal;                          /* index into file.findings, −1 none */
    /* filled while it is taken in */
    uint64_t record_size;                 /* average, judged by the head of the file */
    uint64_t records;
    struct clr_figures figures;
    struct clr_cells cells;
    clr_day window;                       /* earliest, CLR_DAY_NONE none */
    bool ended;                           /* all blocks read */
    uint64_t *tail_run;  size_t tail_run_count;   /* building runs that hold its rows */
};

/** Closed windows of a product: every day up to `through`, and single ones behind it, sorted. A record falls into the first window >= w0 that is open. */
struct clr_closed_windows {
    clr_day through;                      /* CLR_DAY_NONE: none */
    clr_day *day;
    size_t count;
};
clr_day clr_window_first_open(const struct clr_closed_windows *closed, clr_day w0);

/** What is closed now, by product; the caller frees each `day`, after a failure too. `out` starts zeroed. */
CLR_MUST_USE enum clr_status clr_closed_windows_load(struct clr_tx *tx, struct clr_closed_windows out[CLR_PRODUCT_COUNT], struct clr_fault *fault);

/** Refuse a job with a finding; `fault` texts follow from the finding when NULL. */
void clr_job_refuse(struct clr_job *job, enum clr_file_reason reason, const struct clr_fault *fault);

/** Judge the findings of open() or close() by the sender's profile: the first with mode reject refuses the job. */
void clr_job_judge_findings(struct clr_job *job);

void clr_job_free(struct clr_job *job);

#endif
