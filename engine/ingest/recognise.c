#include "ingest/recognise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

/**
 * The party that the content names as its sender: an alias of a participant, whose profile has the participant's code as its name, or as what
 * its match= fits.
 */
static int sender_in_content(const struct clr_rules *rules, const struct clr_job *job)
{
    static const enum clr_role roles[] = { CLR_ROLE_CENTRE, CLR_ROLE_ACQUIRER, CLR_ROLE_ISSUER };
    const struct clr_codec *const codec = job->codec;
    if (codec->sender_field == NULL || job->file.sender[0] == '\0') return -1;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const int party = clr_rules_alias(rules, roles[i], codec->product, codec->format, codec->sender_field, clr_bytes_text(job->file.sender), CLR_DAY_NONE);
        if (party < 0) continue;
        const char *const code = rules->participant[party].code;
        const int named = clr_rules_sender(rules, clr_bytes_text(code));
        const int index = named >= 0 ? named : clr_rules_sender_match(rules, code, (int)codec->format);
        if (index >= 0) return index;
    }
    return -1;
}

static void refuse_sender(const struct clr_ingest_options *options, struct clr_job *job)
{
    struct clr_fault fault = { 0 };
    const char *seen = job->input.base_name;
    if (options->sender != NULL) {
        seen = options->sender;
        clr_fault_say(&fault, CLR_REFUSED, "senders.ini of the rules has no such sender; correct --sender, or load rules that have it",
                      "规则的 senders.ini 中没有此发送方；请更正 --sender，或装入含该发送方的规则");
    } else if (job->file.sender[0] != '\0') {
        seen = job->file.sender;
        clr_fault_say(&fault, CLR_REFUSED, "no sender profile matches this file's name and format (%s), and none belongs to the sender that it names (%s.%s); give --sender, or add the alias in participants.csv",
                      "没有发送方配置与此文件的名称和格式（%s）匹配，文件内容所写的发送方（%s.%s）也没有配置；请用 --sender 指定，或在 participants.csv 中加别名",
                      job->codec->name, job->codec->name, job->codec->sender_field);
    } else {
        clr_fault_say(&fault, CLR_REFUSED, "no sender profile matches this file's name and format (%s); give --sender, or a match= line in senders.ini",
                      "没有发送方配置与此文件的名称和格式（%s）匹配；请用 --sender 指定，或在 senders.ini 中加 match=", job->codec->name);
    }
    snprintf(fault.seen, sizeof fault.seen, "%s", seen);
    clr_job_refuse(job, CLR_FILE_REASON_UNKNOWN_SENDER, &fault);
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
        if (index < 0) index = sender_in_content(rules, job);
    }
    if (index >= 0) {
        job->sender = &rules->sender[index];
        job->sender_name = copy_text(job->sender->name, strlen(job->sender->name));
        return;
    }
    refuse_sender(options, job);
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
    clr_fault_say(&fault, CLR_REFUSED, "the content is of no format known here (text must be UTF-8 or GBK with lines that end in LF or CRLF); give --format if you know it",
                  "文件内容不属于任何已知格式（文本须为 UTF-8 或 GBK，行尾为 LF 或 CRLF）；如已知格式请用 --format 指定");
    clr_job_refuse(job, CLR_FILE_REASON_UNKNOWN_FORMAT, &fault);
}

/** What the sender's profile says about money and text; the format's own without a profile. */
static void set_habits(struct clr_job *job)
{
    const struct clr_sender *const sender = job->sender;
    job->file.units_yuan = sender != NULL && sender->units_given ? sender->units_yuan : job->codec->yuan;
    job->file.encoding_gbk = sender != NULL && sender->encoding_given && sender->encoding_gbk;
}

/** Header of the file, by its codec; a header that hides every record refuses. */
static void open_codec(struct clr_job *job)
{
    struct clr_fault fault = { 0 };
    const unsigned kept = job->file.finding_count;
    job->file.codec = job->codec;
    job->file.name = job->input.base_name;
    job->file.size = job->input.content_size;
    set_habits(job);
    if (job->codec->open(&job->file, clr_bytes_of(job->input.head, job->input.head_size), &fault) == CLR_OK) return;
    if (job->file.finding_count > kept) {
        job->refusal = (int)kept;
        job->state = CLR_JOB_REFUSED;
        job->fault = fault;
        clr_fault_at(&job->fault, job->path, 0, NULL);
    } else {
        clr_job_refuse(job, CLR_FILE_REASON_FRAMING, &fault);
    }
}

/** A message is read whole into memory: the format says how large one can be. */
static void check_whole_size(struct clr_job *job)
{
    struct clr_fault fault = { 0 };
    if (job->codec->walk == NULL || job->input.content_size <= job->codec->whole_size_max) return;
    clr_fault_say(&fault, CLR_REFUSED, "the file has %llu bytes; a message of format %s has at most %llu", "文件有 %llu 字节；%s 格式的消息最多 %llu 字节",
                  (unsigned long long)job->input.content_size, job->codec->name, (unsigned long long)job->codec->whole_size_max);
    clr_job_refuse(job, CLR_FILE_REASON_TOO_LARGE, &fault);
}

/** What the content itself states stands before the name. */
static enum clr_status find_file_id(struct clr_job *job)
{
    const char *const id = job->file.file_id[0] != '\0' ? job->file.file_id : job->codec->named_by_file ? job->input.base_name : "";
    free(job->file_id);
    job->file_id = copy_text(id, strlen(id));
    return job->file_id != NULL ? CLR_OK : CLR_FULL;
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

enum clr_status clr_job_scan(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_rules *rules,
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
    check_whole_size(job);
    if (job->state == CLR_JOB_REFUSED) return CLR_OK;
    /* A header that names its sender is read before the sender is known: who sent it does not depend on how it writes money. */
    const bool names_sender = job->codec->sender_field != NULL;
    if (names_sender) open_codec(job);
    if (job->state == CLR_JOB_REFUSED) return CLR_OK;
    find_sender(rules, options, job);
    if (job->state == CLR_JOB_REFUSED) return CLR_OK;
    if (job->sender_name == NULL) return CLR_FULL;
    if (names_sender) set_habits(job);
    else open_codec(job);
    if (job->state != CLR_JOB_REFUSED) clr_job_judge_findings(job);
    CLR_TRY(find_file_id(job));
    judge_record_size(job);
    return CLR_OK;
}

/* ---- stamps ---- */

static int64_t sidecar_stamp(const char *path, bool *broken)
{
    char name[4200], text[64];
    snprintf(name, sizeof name, "%s.received", path);
    /* Non-blocking: a pipe of that name must be refused, not waited for. */
    const int file = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        *broken = errno != ENOENT && errno != ENAMETOOLONG;
        return CLR_TIME_NONE;
    }
    struct stat stat;
    ssize_t got = -1;
    if (fstat(file, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size < (off_t)sizeof text) got = read(file, text, sizeof text);
    close(file);
    while (got > 0 && (text[got - 1] == '\n' || text[got - 1] == '\r')) got--;
    const int64_t stamp = got > 0 ? clr_time_parse(clr_bytes_trim(clr_bytes_of(text, (size_t)got))) : CLR_TIME_NONE;
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

/** A stamp holds for ever: after it no earlier one is taken. So a wrong century must not come in. */
#define FAR_S (3653 * (int64_t)CLR_DAY_S)

enum clr_status clr_job_find_stamp(const struct clr_plan *plan, const struct clr_ingest_options *options, int64_t last_stamp, struct clr_job *job, struct clr_fault *fault)
{
    bool broken = false;
    const bool receipt = job->sender->window == CLR_WINDOW_RECEIPT || !job->codec->has_declared_day || job->codec->alone;
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
    if (job->stamp != CLR_TIME_NONE && last_stamp != CLR_TIME_NONE && job->stamp - last_stamp > FAR_S) {
        refuse_stamp(job, "the stamp lies more than ten years after the store's last one: a slip of the pen? No earlier stamp would be taken after it",
                     "接收时间比存储中最后一次晚十年以上，疑为笔误；若接受，此后更早的接收时间都将被拒绝");
        return CLR_OK;
    }
    if (!receipt) return CLR_OK;
    const clr_day w0 = clr_rules_receipt_window(plan->rules, job->codec->product, job->stamp);
    job->receipt_window = clr_window_first_open(&plan->closed[job->codec->product], w0);
    if (job->receipt_window != w0) refuse_stamp(job, "the window of this stamp is closed", "此接收时间所属的清算窗口已关闭");
    return CLR_OK;
}
