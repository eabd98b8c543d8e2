#include "ingest/admission.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/stop.h"
#include "settle/windows.h"
#include "store/pack.h"

/* ---- the record of an admission under way ---- */

struct admitted {
    uint32_t number;
    uint8_t content[CLR_DIGEST_SIZE];
    int64_t stamp;
    char *sender;
};
struct admission {
    uint32_t first, rules_version, count;
    struct admitted *file;
};

static void admission_free(struct admission *admission)
{
    for (uint32_t i = 0; i < admission->count; i++) free(admission->file[i].sender);
    free(admission->file);
    memset(admission, 0, sizeof *admission);
}

/** CLR_NOT_FOUND when no admission is under way. */
static enum clr_status admission_read(struct clr_tx *tx, struct admission *out, struct clr_fault *fault)
{
    struct clr_bytes value;
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_adm, "o", 1, &value, fault));
    struct clr_unpack unpack = clr_unpack_of(value);
    out->first = clr_unpack_u32(&unpack);
    out->rules_version = clr_unpack_u32(&unpack);
    const uint32_t count = clr_unpack_u32(&unpack);
    if (unpack.bad || (uint64_t)count * 48 > value.size) return CLR_DAMAGED;
    out->file = calloc(count + 1, sizeof *out->file);
    if (out->file == NULL) return CLR_FULL;
    for (; out->count < count; out->count++) {
        struct admitted *const file = &out->file[out->count];
        file->number = clr_unpack_u32(&unpack);
        clr_unpack_bytes(&unpack, file->content, CLR_DIGEST_SIZE);
        file->stamp = (int64_t)clr_unpack_u64(&unpack);
        file->sender = clr_unpack_text(&unpack);
    }
    if (!unpack.bad) return CLR_OK;
    admission_free(out);
    return CLR_DAMAGED;
}

static enum clr_status admission_write(struct clr_tx *tx, const struct clr_plan *plan, struct clr_fault *fault)
{
    struct clr_pack pack = { 0 };
    clr_pack_u32(&pack, plan->first_admission);
    clr_pack_u32(&pack, plan->rules->version);
    clr_pack_u32(&pack, plan->order_count);
    for (uint32_t i = 0; i < plan->order_count; i++) {
        const struct clr_job *const job = plan->order[i];
        clr_pack_u32(&pack, job->admission);
        clr_pack_bytes(&pack, job->input.content, CLR_DIGEST_SIZE);
        clr_pack_u64(&pack, (uint64_t)job->stamp);
        clr_pack_text(&pack, job->sender_name);
    }
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_adm, "o", 1, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_admission_done(struct clr_tx *tx, struct clr_fault *fault) { return clr_tx_delete(tx, CLR_TABLE_adm, "o", 1, fault); }

/* ---- sweeping ---- */

static enum clr_status delete_run(struct clr_store *store, uint64_t id, struct clr_fault *fault)
{
    for (bool more = true; more;) {
        struct clr_tx tx;
        CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
        const enum clr_status status = clr_run_delete(&tx, id, &more, fault);
        if (status != CLR_OK) {
            clr_tx_abort(&tx);
            return status;
        }
        CLR_TRY(clr_tx_commit(&tx, fault));
    }
    return CLR_OK;
}

static enum clr_status wipe_table(struct clr_store *store, enum clr_table table, const void *prefix, size_t size, struct clr_fault *fault)
{
    for (bool more = true; more;) {
        struct clr_tx tx;
        CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
        const enum clr_status status = clr_tx_delete_prefix(&tx, table, prefix, size, 32 << 20, &more, fault);
        if (status != CLR_OK) {
            clr_tx_abort(&tx);
            return status;
        }
        CLR_TRY(clr_tx_commit(&tx, fault));
    }
    return CLR_OK;
}

enum clr_status clr_admission_wipe_file(struct clr_store *store, uint32_t admission, struct clr_fault *fault)
{
    uint8_t key[4];
    clr_put_be32(key, admission);
    CLR_TRY(wipe_table(store, CLR_TABLE_vmap, key, sizeof key, fault));
    return wipe_table(store, CLR_TABLE_soff, key, sizeof key, fault);
}

/** Files of an admission under way that are not in: their leavings go. */
static enum clr_status sweep_files(struct clr_store *store, struct clr_fault *fault)
{
    struct admission admission;
    struct clr_tx tx;
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = admission_read(&tx, &admission, fault);
    clr_tx_abort(&tx);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    for (uint32_t i = 0; i < admission.count && status == CLR_OK; i++) {
        struct clr_file file;
        status = clr_tx_begin(&store->env, false, &tx, fault);
        if (status != CLR_OK) break;
        status = clr_file_get(&tx, admission.file[i].number, &file, fault);
        clr_tx_abort(&tx);
        if (status == CLR_OK) clr_file_free(&file);
        else if (status == CLR_NOT_FOUND) status = clr_admission_wipe_file(store, admission.file[i].number, fault);
    }
    admission_free(&admission);
    return status;
}

enum clr_status clr_admission_sweep_runs(struct clr_store *store, struct clr_fault *fault)
{
    for (size_t i = 0; i < store->run_count; i++)
        if (store->run[i]->state == CLR_RUN_BUILDING) CLR_TRY(delete_run(store, store->run[i]->id, fault));
    clr_store_runs_forget_building(store);
    return CLR_OK;
}

enum clr_status clr_admission_sweep(struct clr_store *store, struct clr_fault *fault)
{
    CLR_TRY(clr_admission_sweep_runs(store, fault));
    CLR_TRY(sweep_files(store, fault));
    return clr_admission_sweep_archives(store, fault);
}

static enum clr_status drop_step(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    (void)store;
    (void)context;
    return clr_admission_done(tx, fault);
}

/** Opening has swept already: what is left of the admission is its record. */
enum clr_status clr_admission_drop(struct clr_store *store, struct clr_fault *fault)
{
    uint64_t unfinished;
    CLR_TRY(clr_admission_unfinished(store, &unfinished, fault));
    return unfinished == 0 ? CLR_OK : clr_store_write(store, drop_step, NULL, fault);
}

enum clr_status clr_admission_unfinished(struct clr_store *store, uint64_t *out, struct clr_fault *fault)
{
    struct admission admission;
    struct clr_tx tx;
    *out = 0;
    CLR_TRY(clr_tx_begin(&store->env, false, &tx, fault));
    enum clr_status status = admission_read(&tx, &admission, fault);
    for (uint32_t i = 0; status == CLR_OK && i < admission.count; i++) {
        struct clr_file file;
        const enum clr_status got = clr_file_get(&tx, admission.file[i].number, &file, fault);
        if (got == CLR_NOT_FOUND) ++*out;
        else if (got == CLR_OK) clr_file_free(&file);
        else status = got;
    }
    if (status == CLR_OK) {
        if (*out == 0 && admission.count > 0) *out = 1;            /* all in, only the record is left */
        admission_free(&admission);
    }
    clr_tx_abort(&tx);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- scanning and recognising ---- */

static char *copy_text(const char *text, size_t size)
{
    char *const copy = malloc(size + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

/** Last folder of the path, for "the inbox subfolder"; false when there is none. */
static bool folder_of(const char *path, char *out, size_t size)
{
    const char *const slash = strrchr(path, '/');
    if (slash == NULL || slash == path) return false;
    const char *start = slash;
    while (start > path && start[-1] != '/') start--;
    snprintf(out, size, "%.*s", (int)(slash - start), start);
    return true;
}

static void find_sender(const struct clr_rules *rules, const struct clr_ingest_options *options, struct clr_job *job)
{
    char folder[256];
    int index = -1;
    if (options->sender != NULL) {
        index = clr_rules_sender(rules, clr_bytes_text(options->sender));
    } else {
        if (folder_of(job->path, folder, sizeof folder)) index = clr_rules_sender(rules, clr_bytes_text(folder));
        if (index < 0) index = clr_rules_sender_match(rules, job->input.base_name, (int)job->codec->format);
    }
    if (index >= 0) {
        job->sender = &rules->sender[index];
        job->sender_name = copy_text(job->sender->name, strlen(job->sender->name));
        return;
    }
    struct clr_fault fault = { 0 };
    clr_fault_say(&fault, CLR_REFUSED, "no sender profile matches this file; give --sender, or a match= line in senders.ini",
                  "没有发送方配置与此文件匹配；请用 --sender 指定，或在 senders.ini 中加 match=");
    snprintf(fault.seen, sizeof fault.seen, "%s", options->sender != NULL ? options->sender : job->input.base_name);
    clr_job_refuse(job, CLR_FILE_REASON_UNKNOWN_SENDER, &fault);
}

static void find_codec(const struct clr_codec_list *codecs, const struct clr_ingest_options *options, struct clr_job *job)
{
    const struct clr_bytes head = clr_bytes_of(job->input.head, job->input.head_size);
    job->codec = options->format != NULL ? clr_codec_by_name(codecs, clr_bytes_text(options->format))
                                         : clr_codec_sniff(codecs, head, job->input.base_name);
    if (job->codec != NULL) return;
    struct clr_fault fault = { 0 };
    if (job->input.content_size == 0) {
        clr_fault_say(&fault, CLR_REFUSED, "the file is empty", "文件为空");
        clr_job_refuse(job, CLR_FILE_REASON_FRAMING, &fault);
        return;
    }
    clr_fault_say(&fault, CLR_REFUSED, "no codec recognises this content; give --format if you know it", "无法识别此文件内容；如已知格式请用 --format 指定");
    clr_job_refuse(job, CLR_FILE_REASON_UNKNOWN_FORMAT, &fault);
}

/** Header of the file, by its codec; a header that hides every record refuses. */
static void open_codec(struct clr_job *job)
{
    struct clr_fault fault = { 0 };
    const unsigned kept = job->file.finding_count;
    job->file.codec = job->codec;
    job->file.name = job->input.base_name;
    job->file.size = job->input.content_size;
    job->file.units_yuan = job->sender != NULL && job->sender->units_given && job->sender->units_yuan;
    job->file.encoding_gbk = job->sender != NULL && job->sender->encoding_given && job->sender->encoding_gbk;
    const enum clr_status status = job->codec->open(&job->file, clr_bytes_of(job->input.head, job->input.head_size), &fault);
    if (status != CLR_OK) {
        if (job->file.finding_count > kept) {
            job->refusal = (int)kept;
            job->state = CLR_JOB_REFUSED;
            job->fault = fault;
            clr_fault_at(&job->fault, job->path, 0, NULL);
        } else {
            clr_job_refuse(job, CLR_FILE_REASON_FRAMING, &fault);
        }
        return;
    }
    clr_job_judge_findings(job);
}

/** Average record of a file, judged by the line ends (or closing braces) in its head. The head is not needed any more: a command may name many files. */
static void judge_record_size(struct clr_job *job)
{
    const uint8_t mark = job->codec->format == CLR_FORMAT_SZT_JSON ? '}' : '\n';
    uint64_t marks = 0;
    for (size_t i = 0; i < job->input.head_size; i++) marks += job->input.head[i] == mark;
    const uint64_t size = marks > 0 ? job->input.head_size / marks : 0;
    job->record_size = size > job->codec->record_size_min ? size : job->codec->record_size_min;
    explicit_bzero(job->input.head, job->input.head_size);        /* it held card numbers */
    free(job->input.head);
    job->input.head = NULL;
    job->input.head_size = 0;
}

static enum clr_status scan_job(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_rules *rules,
                                const struct clr_ingest_options *options, struct clr_job *job, struct clr_fault *fault)
{
    struct clr_fault mine = { 0 };
    enum clr_file_reason reason = CLR_FILE_REASON_UNREADABLE;

    const enum clr_status status = clr_input_scan(job->path, store->options.threads, &job->input, &reason, &mine);
    if (status == CLR_REFUSED) {
        clr_job_refuse(job, reason, &mine);
        return CLR_OK;
    }
    if (status != CLR_OK) {
        if (fault != NULL) *fault = mine;
        return status;
    }
    find_codec(codecs, options, job);
    if (job->state == CLR_JOB_REFUSED) return CLR_OK;
    find_sender(rules, options, job);
    if (job->state == CLR_JOB_REFUSED) return CLR_OK;
    const char *const id = job->codec->named_by_file ? job->input.base_name : "";
    job->file_id = copy_text(id, strlen(id));
    if (job->file_id == NULL || job->sender_name == NULL) return CLR_FULL;
    open_codec(job);
    judge_record_size(job);
    return CLR_OK;
}

/* ---- stamps ---- */

static int64_t sidecar_stamp(const char *path, bool *broken)
{
    char name[4200], text[64] = "";
    snprintf(name, sizeof name, "%s.received", path);
    FILE *const file = fopen(name, "re");
    if (file == NULL) return CLR_TIME_NONE;
    const size_t got = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    struct clr_bytes bytes = clr_bytes_of(text, got);
    while (bytes.size > 0 && (bytes.data[bytes.size - 1] == '\n' || bytes.data[bytes.size - 1] == '\r')) bytes.size--;
    const int64_t stamp = clr_time_parse(clr_bytes_trim(bytes));
    *broken = stamp == CLR_TIME_NONE;
    return stamp;
}

static void refuse_stamp(struct clr_job *job, const char *en, const char *zh)
{
    struct clr_fault fault = { 0 };
    clr_fault_say(&fault, CLR_REFUSED, "%s%.0s", "%.0s%s", en, zh);
    clr_time_text(job->stamp, fault.seen);
    clr_job_refuse(job, CLR_FILE_REASON_STAMP, &fault);
}

static enum clr_status find_stamp(const struct clr_plan *plan, const struct clr_ingest_options *options, int64_t last_stamp, struct clr_job *job, struct clr_fault *fault)
{
    bool broken = false;
    const bool receipt = job->sender->window == CLR_WINDOW_RECEIPT || !job->codec->has_declared_day;
    job->stamp = options->received_at != CLR_TIME_NONE ? options->received_at : sidecar_stamp(job->path, &broken);
    job->receipt_window = CLR_DAY_NONE;
    if (broken) {
        refuse_stamp(job, "the .received file beside it does not hold a time like 2026-03-03T02:00:00+08:00", "旁边的 .received 文件中没有形如 2026-03-03T02:00:00+08:00 的时间");
        return CLR_OK;
    }
    if (job->stamp == CLR_TIME_NONE && receipt) {
        clr_fault_say(fault, CLR_USAGE, "when was this file received? give --received-at, or a time in a .received file beside it",
                      "此文件何时收到？请用 --received-at 指定，或在旁边的 .received 文件中写明");
        clr_fault_at(fault, job->path, 0, NULL);
        return CLR_USAGE;
    }
    if (job->stamp != CLR_TIME_NONE && last_stamp != CLR_TIME_NONE && job->stamp < last_stamp) {
        refuse_stamp(job, "the stamp lies before the store's last one", "接收时间早于存储中最后一次接收时间");
        return CLR_OK;
    }
    if (!receipt) return CLR_OK;
    const clr_day w0 = clr_rules_receipt_window(plan->rules, job->codec->product, job->stamp);
    job->receipt_window = clr_window_first_open(&plan->closed[job->codec->product], w0);
    if (job->receipt_window != w0) refuse_stamp(job, "the window of this stamp is closed", "此接收时间所属的清算窗口已关闭");
    return CLR_OK;
}

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

/** Of several arguments with one content the first in order is taken in; of one id with several contents, too. */
static void meet_each_other(struct clr_plan *plan)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < plan->order_count; i++) {
        struct clr_job *const job = plan->order[i];
        for (uint32_t k = 0; k < kept && job->state == CLR_JOB_NEW; k++) {
            const struct clr_job *const other = plan->order[k];
            if (memcmp(other->input.content, job->input.content, CLR_DIGEST_SIZE) == 0) {
                job->state = CLR_JOB_TWIN;
                job->done_as = k;
            } else if (job->file_id[0] != '\0' && strcmp(job->file_id, other->file_id) == 0 && strcmp(job->sender_name, other->sender_name) == 0 &&
                       job->sender->check[CLR_FILE_REASON_SAME_ID] == CLR_CHECK_REJECT) {
                struct clr_fault fault = { 0 };
                clr_fault_say(&fault, CLR_REFUSED, "another file of this command has the same name and other content", "本次命令中另有同名但内容不同的文件");
                clr_job_refuse(job, CLR_FILE_REASON_SAME_ID, &fault);
            }
        }
        if (job->state == CLR_JOB_NEW) plan->order[kept++] = job;
    }
    plan->order_count = kept;
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
static bool resume(struct clr_plan *plan, const struct admission *admission, struct clr_tx *tx)
{
    uint32_t matched = 0;
    for (uint32_t i = 0; i < admission->count; i++) {
        const struct admitted *const file = &admission->file[i];
        struct clr_file done;
        bool found = false;
        if (clr_file_get(tx, file->number, &done, NULL) == CLR_OK) {
            clr_file_free(&done);
            continue;                                            /* in: the command finds it as already-done */
        }
        for (uint32_t k = 0; k < plan->order_count && !found; k++) {
            struct clr_job *const job = plan->order[k];
            found = memcmp(job->input.content, file->content, CLR_DIGEST_SIZE) == 0 && job->stamp == file->stamp && strcmp(job->sender_name, file->sender) == 0;
            if (found) job->admission = file->number;
        }
        if (!found) return false;
        matched++;
    }
    return matched == plan->order_count;
}

static enum clr_status number_jobs(struct clr_store *store, struct clr_plan *plan, struct clr_fault *fault)
{
    struct admission admission;
    struct clr_tx tx;
    uint32_t last = 0;

    CLR_TRY(clr_tx_begin(&store->env, true, &tx, fault));
    enum clr_status status = admission_read(&tx, &admission, fault);
    if (status == CLR_OK) {
        plan->resumed = admission.rules_version == plan->rules->version && resume(plan, &admission, &tx);
        plan->first_admission = admission.first;
        admission_free(&admission);
    } else if (status != CLR_NOT_FOUND) {
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
    if (status == CLR_OK) status = plan->order_count > 0 ? admission_write(&tx, plan, fault) : clr_admission_done(&tx, fault);
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
    meet_each_other(plan);
    return CLR_OK;
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
        if (plan->jobs[i].state == CLR_JOB_NEW) status = find_stamp(plan, options, (int64_t)last, &plan->jobs[i], fault);
    return status;
}

static enum clr_status plan_steps(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options, struct clr_plan *plan,
                                  struct clr_fault *fault)
{
    for (size_t i = 0; i < plan->job_count; i++) {
        if (clr_stop_requested()) return CLR_STOPPED;
        CLR_TRY(scan_job(store, codecs, plan->rules, options, &plan->jobs[i], fault));
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
