/* The plan of an ingest command: which files, in which order, under which numbers (admission.h). */
#include <stdlib.h>

#include "base/stop.h"
#include "ingest/meet.h"
#include "ingest/recognise.h"
#include "settle/windows.h"

/* ---- what is in already ---- */

/** Same content as a file in the store, or as an earlier argument; or same id and other content. */
static enum clr_status meet_store(struct clr_tx *tx, struct clr_job *job, struct clr_fault *fault)
{
    uint32_t admission;
    enum clr_status status = clr_file_by_content(tx, job->input.content, &admission, fault);
    if (status == CLR_OK) {
        job->state = CLR_JOB_DONE;
        job->done_as = admission;
        return CLR_OK;
    }
    if (status != CLR_NOT_FOUND) return status;
    if (job->state == CLR_JOB_REFUSED || job->file_id == NULL || job->file_id[0] == '\0') return CLR_OK;
    status = clr_file_by_id(tx, job->sender_name, job->file_id, &admission, fault);
    if (status == CLR_OK && job->sender->check[CLR_FILE_REASON_SAME_ID] == CLR_CHECK_REJECT) {
        struct clr_fault mine = { 0 };
        if (job->file.file_id[0] != '\0')
            clr_fault_say(&mine, CLR_REFUSED, "message %s is in as admission %u, with other content", "报文 %s 已接收（编号 %u），但内容不同", job->file_id, admission);
        else
            clr_fault_say(&mine, CLR_REFUSED, "a file of this name with other content is in as admission %u", "同名但内容不同的文件已接收，编号 %u", admission);
        clr_job_refuse(job, CLR_FILE_REASON_SAME_ID, &mine);
    }
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static int by_admission_order(const void *a, const void *b)
{
    const struct clr_job *const x = *(struct clr_job *const *)a, *const y = *(struct clr_job *const *)b;
    if (x->stamp != y->stamp) return x->stamp < y->stamp ? -1 : 1;
    int order = strcmp(x->sender_name, y->sender_name);
    if (order == 0) order = strcmp(x->file_id, y->file_id);
    if (order == 0) order = memcmp(x->input.content, y->input.content, CLR_DIGEST_SIZE);
    if (order == 0) order = x->argument < y->argument ? -1 : 1;
    return order;
}

/* ---- the plan ---- */

enum clr_status clr_closed_windows_load(struct clr_tx *tx, struct clr_closed_windows out[CLR_PRODUCT_COUNT], struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    for (unsigned product = 0; product < CLR_PRODUCT_COUNT; product++)
        CLR_TRY(clr_closed_through(tx, (enum clr_product)product, &out[product].through, fault));
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_win, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        if (key.size != 5 || key.data[0] >= CLR_PRODUCT_COUNT || value.size == 0 || value.data[0] == CLR_WINDOW_OPEN) continue;
        struct clr_closed_windows *const closed = &out[key.data[0]];
        clr_day *const grown = realloc(closed->day, (closed->count + 1) * sizeof *grown);
        if (grown == NULL) {
            status = CLR_FULL;
            break;
        }
        closed->day = grown;
        closed->day[closed->count++] = (clr_day)(clr_get_be32(key.data + 1) ^ 0x80000000u);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** The new jobs are those of the admission that was cut off, no more and no fewer: take its numbers. */
static enum clr_status resume(struct clr_plan *plan, const struct clr_admission *admission, struct clr_tx *tx)
{
    struct clr_job **const by_content = clr_plan_by_content(plan);
    uint32_t matched = 0;
    bool all = true;
    if (by_content == NULL) return CLR_FULL;
    for (uint32_t i = 0; i < admission->count && all; i++) {
        const struct clr_admitted *const file = &admission->file[i];
        struct clr_file done;
        if (clr_file_get(tx, file->number, &done, NULL) == CLR_OK) {
            clr_file_free(&done);
            continue;                                            /* in: the command finds it as already-done */
        }
        struct clr_job *const job = clr_job_of_content(by_content, plan->order_count, file->content);
        all = job != NULL && job->stamp == file->stamp && strcmp(job->sender_name, file->sender) == 0;
        if (all) job->admission = file->number;
        matched++;
    }
    free(by_content);
    plan->resumed = all && matched == plan->order_count;
    return CLR_OK;
}

static enum clr_status number_jobs(struct clr_store *store, struct clr_plan *plan, struct clr_fault *fault)
{
    struct clr_admission admission;
    struct clr_tx tx;
    uint32_t last = 0;

    CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
    enum clr_status status = clr_admission_read(&tx, &admission, fault);
    if (status == CLR_OK) {
        const bool same = admission.rules_version == plan->rules->version && memcmp(admission.keys, plan->keys, sizeof plan->keys) == 0;
        status = same ? resume(plan, &admission, &tx) : CLR_OK;
        plan->first_admission = admission.first;
        clr_admission_free(&admission);
    }
    if (status != CLR_OK && status != CLR_NOT_FOUND) {
        clr_tx_abort(&tx);
        return status;
    }
    if (plan->resumed) {
        clr_tx_abort(&tx);
        return CLR_OK;
    }
    status = clr_file_last(&tx, &last, fault);
    plan->first_admission = last + 1;
    if (status == CLR_OK && (uint64_t)last + plan->order_count > CLR_ADMISSION_MAX)
        status = clr_fault_say(fault, CLR_FULL, "the store has no admission numbers left", "存储的接收编号已用尽");
    for (uint32_t i = 0; i < plan->order_count; i++) plan->order[i]->admission = last + 1 + i;
    if (status == CLR_OK) status = plan->order_count > 0 ? clr_admission_write(&tx, plan, fault) : clr_admission_done(&tx, fault);
    if (status == CLR_OK) return clr_tx_commit(&tx, fault);
    clr_tx_abort(&tx);
    return status;
}

static enum clr_status sort_jobs(struct clr_plan *plan)
{
    plan->order = calloc(plan->job_count + 1, sizeof *plan->order);
    if (plan->order == NULL) return CLR_FULL;
    for (size_t i = 0; i < plan->job_count; i++)
        if (plan->jobs[i].state == CLR_JOB_NEW) plan->order[plan->order_count++] = &plan->jobs[i];
    if (plan->order_count > 1) qsort(plan->order, plan->order_count, sizeof *plan->order, by_admission_order);
    return clr_plan_meet(plan);
}

/** Everything that needs a look at the store: what is done already, closed windows, stamps. */
static enum clr_status meet(struct clr_store *store, const struct clr_ingest_options *options, struct clr_plan *plan, struct clr_fault *fault)
{
    struct clr_tx tx;
    uint64_t last;
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = clr_closed_windows_load(&tx, plan->closed, fault);
    if (status == CLR_OK) status = clr_meta_get(&tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &last, fault);
    for (size_t i = 0; i < plan->job_count && status == CLR_OK; i++)
        if (plan->jobs[i].input.base_name != NULL) status = meet_store(&tx, &plan->jobs[i], fault);
    clr_tx_abort(&tx);
    for (size_t i = 0; i < plan->job_count && status == CLR_OK; i++)
        if (plan->jobs[i].state == CLR_JOB_NEW) status = clr_job_find_stamp(plan, options, (int64_t)last, &plan->jobs[i], fault);
    return status;
}

static enum clr_status plan_steps(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options, struct clr_plan *plan,
                                  struct clr_fault *fault)
{
    for (size_t i = 0; i < plan->job_count; i++) {
        if (clr_stop_requested()) return CLR_STOPPED;
        CLR_TRY(clr_job_scan(store, codecs, plan->rules, options, &plan->jobs[i], fault));
    }
    CLR_TRY(meet(store, options, plan, fault));
    CLR_TRY(sort_jobs(plan));
    return number_jobs(store, plan, fault);
}

enum clr_status clr_plan_make(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options,
                              const char *const *paths, size_t path_count, struct clr_plan *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    out->archive = options->archive;
    if (store->rules_count == 0) return clr_fault_say(fault, CLR_USAGE, "no rules are loaded; run `clear rules load DIR` first", "尚未装入规则；请先运行 `clear rules load 目录`");
    if (options->format != NULL && clr_codec_by_name(codecs, clr_bytes_text(options->format)) == NULL)
        return clr_fault_say(fault, CLR_USAGE, "there is no format `%s`", "没有格式 `%s`", options->format);
    CLR_TRY(clr_store_rules_get(store, store->rules_count, &out->rules, fault));
    CLR_TRY(clr_keyset_digest(store->keys, out->keys));
    out->jobs = calloc(path_count + 1, sizeof *out->jobs);
    if (out->jobs == NULL) return CLR_FULL;
    out->job_count = path_count;
    for (size_t i = 0; i < path_count; i++) {
        out->jobs[i] = (struct clr_job){ .argument = i, .path = paths[i], .stamp = CLR_TIME_NONE, .receipt_window = CLR_DAY_NONE, .refusal = -1, .window = CLR_DAY_NONE };
        clr_cells_init(&out->jobs[i].cells);
    }
    return plan_steps(store, codecs, options, out, fault);
}

void clr_plan_free(struct clr_plan *plan)
{
    for (size_t i = 0; i < plan->job_count; i++) clr_job_free(&plan->jobs[i]);
    for (unsigned product = 0; product < CLR_PRODUCT_COUNT; product++) free(plan->closed[product].day);
    free(plan->jobs);
    free(plan->order);
    memset(plan, 0, sizeof *plan);
}
