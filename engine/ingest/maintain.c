#include "ingest/maintain.h"

#include "ingest/trial.h"
#include "store/merge.h"

/** Merge until nothing is due. `out` is filled whatever the end. */
static enum clr_status merge_all(struct clr_store *store, const struct clr_progress *progress, struct clr_maintained *out, struct clr_fault *fault)
{
    enum clr_status status;
    *out = (struct clr_maintained){ .runs_before = store->run_count, .runs_after = store->run_count };
    for (;;) {
        struct clr_merge_group group;
        struct clr_merge_done done;
        status = clr_merge_choose(store->run, store->run_count, &group);
        if (status != CLR_OK) break;
        status = clr_runs_merge(store, &group, progress, &done, &out->fault);
        clr_merge_group_free(&group);
        out->runs_after = store->run_count;
        if (status != CLR_OK) break;
        out->merges++;
        out->runs += done.runs;
        out->rows += done.rows;
        out->bytes += done.bytes;
    }
    if (status == CLR_NOT_FOUND) return CLR_OK;
    if (fault != NULL && out->fault.en[0] != '\0') *fault = out->fault;
    if (status == CLR_FULL) out->end = CLR_MAINTAIN_NO_ROOM;
    if (status == CLR_STOPPED) {
        out->end = CLR_MAINTAIN_STOPPED;
        clr_fault_say(fault, status, "stopped; what is merged stays, `clear maintain` goes on", "已停止；已合并的部分保留，`clear maintain` 可继续");
    }
    return status;
}

enum clr_status clr_maintain_after(struct clr_store *store, const struct clr_ingest_options *options, bool taken, struct clr_maintained *out,
                                   struct clr_fault *fault)
{
    struct clr_fault mine = { 0 };
    *out = (struct clr_maintained){ .end = CLR_MAINTAIN_OFF, .runs_before = store->run_count, .runs_after = store->run_count };
    if (options->no_maintain || !taken) return CLR_OK;
    const enum clr_status status = merge_all(store, &options->progress, out, &mine);
    if (status == CLR_OK || status == CLR_FULL || status == CLR_STOPPED) return CLR_OK;
    if (fault != NULL) *fault = mine;
    return status;
}

enum clr_status clr_maintain(struct clr_store *store, const struct clr_maintain_options *options, struct clr_maintained *out, struct clr_fault *fault)
{
    struct clr_trial trial;
    if (!options->dry_run) return merge_all(store, &options->progress, out, fault);
    *out = (struct clr_maintained){ .end = CLR_MAINTAIN_OFF };
    CLR_TRY(clr_trial_begin(store, &trial, fault));
    const enum clr_status status = merge_all(store, &options->progress, out, fault);
    const enum clr_status ended = clr_trial_end(store, &trial, status == CLR_OK ? fault : NULL);
    return status != CLR_OK ? status : ended;
}
