/*
 * jsetc.c: messages of the Jiangsu ETC interface as records: packages of original transactions, and the replies about them.
 *
 * Records   an original transaction is a purchase; a refunded one a refund; every other message is records of kind `reply` (struct clr_raw_toll).
 *           A dispute file in clearing totals has message_id 0 and its number as trans_id and orig_id; so has the record of a dispute result
 *           about itself its number as orig_id.
 * raw.id    tollid.h for transactions. Replies are known by what they are about, so that a second one about the same is a repeat:
 *               K <class/type/content> <sender> <MessageId>      a confirmation
 *               AP, AT <provider> <package> [<TransId>]          an account result, and a record it disputes
 *               DF <sender> <FileId>                             a dispute result; DP … <provider> <package> a package in it;
 *               DT <provider> <package> <TransId>                a record that it resolves
 *               S <sender> <receiver> <yyyymmdd>                 clearing totals; SP <provider> <package>, SF <sender> <provider> <FileId> in them
 *               R <provider> <message> <package> <TransId>       a refund
 * Checks    stated counts and sums against what is there: of originals and refunds both, of an account result the disputed, of a dispute result the
 *           counts (its Amount is left out or of other things in real files), of totals how many packages and files a List has.
 * Source    format notes, etc 1; quirks and what becomes of them: jsetc_schema.h. No field of the format marks a test.
 */
#include "charset.h"
#include "codecs.h"
#include "jsetc_message.h"
#include "jsetc_raw.h"
#include "lines.h"

#include <stdio.h>

#define WHOLE_SIZE_MAX ((size_t)64 << 20)
#define BIT(name) CLR_JSETC_BIT(CLR_JSETC_##name)

struct jsetc_state {
    enum clr_jsetc_variant variant;
};

struct walk {
    struct clr_codec_file *file;
    struct clr_bytes whole;
    enum clr_status (*visit)(void *context, const struct clr_raw *raw, struct clr_fault *fault);
    void *context;
    struct jsetc_raw_context at;            /* the message and the list at hand */
    struct clr_reader reader;
    struct clr_raw raw;
    uint64_t records, in_list, files_in_list;
    clr_fen sum_fen, list_sum_fen;
    bool sum_known, body_told, list_stray;
};

/* ---- findings ---- */

static uint64_t line_of(struct clr_bytes whole, uint64_t offset)
{
    uint64_t line = 1;

    for (uint64_t i = 0; i < offset && i < whole.size; i++) line += whole.data[i] == '\n';
    return line;
}

/* Where a field stands, else where its message or list does. */
static uint64_t place_of(const struct walk *walk, const struct clr_jsetc_texts *texts, unsigned field)
{
    const struct clr_bytes text = field != 0 && texts->seen & CLR_JSETC_BIT(field) ? texts->text[field] : (struct clr_bytes){ NULL, 0 };

    if (text.size > 0 && text.data > walk->whole.data && text.data < walk->whole.data + walk->whole.size)
        return (uint64_t)(text.data - walk->whole.data);
    return texts->offset;
}

/* A field outside records that is not as it must be. */
static void find_field(struct walk *walk, const struct clr_jsetc_texts *texts, unsigned field, const char *rule)
{
    const uint64_t at = place_of(walk, texts, field);
    char seen[96], shown[40];
    const bool there = field != 0 && texts->seen & CLR_JSETC_BIT(field);

    if (walk->file->finding_count >= CLR_FINDINGS_MAX) return;          /* lines are counted from the start */
    clr_text_show(there ? texts->text[field] : clr_bytes_of("", 0), shown, sizeof shown);
    snprintf(seen, sizeof seen, "line %llu: \"%s\"", (unsigned long long)line_of(walk->whole, at), shown);
    clr_finding_say(clr_codec_find(walk->file, CLR_FILE_REASON_FRAMING, 0, at), field == 0 ? "message" : clr_jsetc_field_names[field - 1].name, rule,
                    clr_bytes_text(seen));
}

static void find_bad(struct walk *walk, const struct clr_jsetc_texts *texts, const struct clr_jsetc_bad *bad)
{
    if (bad->any) find_field(walk, texts, bad->field, clr_rule_en(bad->rule));
}

static void check_number(struct walk *walk, const struct clr_jsetc_texts *texts, enum clr_file_reason reason, unsigned field, uint64_t stated, uint64_t seen)
{
    if (stated == seen) return;
    clr_finding_say_number(clr_codec_find(walk->file, reason, 0, place_of(walk, texts, field)), clr_jsetc_field_names[field - 1].name, stated, seen);
}

static void check_sum(struct walk *walk, const struct clr_jsetc_texts *texts, unsigned field, clr_fen stated, clr_fen seen)
{
    char stated_text[24], seen_text[24];

    if (stated == seen || !walk->sum_known) return;
    snprintf(stated_text, sizeof stated_text, "%lld", (long long)stated);
    snprintf(seen_text, sizeof seen_text, "%lld", (long long)seen);
    clr_finding_say(clr_codec_find(walk->file, CLR_FILE_REASON_SUM, 0, place_of(walk, texts, field)), clr_jsetc_field_names[field - 1].name, stated_text,
                    clr_bytes_text(seen_text));
}

/* ---- events ---- */

static enum clr_status give(struct walk *walk, const struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    jsetc_raw_place(&walk->raw, texts);
    return walk->visit(walk->context, &walk->raw, fault);
}

static enum clr_status take_body(struct walk *walk, const struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    struct clr_jsetc_message *const message = &walk->at.message;

    walk->body_told = true;
    clr_jsetc_message_of(texts, walk->file->units_yuan, message);
    find_bad(walk, texts, &message->bad);
    if (message->amount_negative) find_field(walk, texts, CLR_JSETC_AMOUNT, clr_rule_en(CLR_RULE_SIGN));
    jsetc_raw_begin(&walk->at);
    if (texts->variant == CLR_JSETC_ORIGINALS || texts->variant == CLR_JSETC_REFUND) {
        if (message->has & BIT(COUNT)) walk->file->declared_records = message->count;
        if (message->sender == message->provider && message->has & BIT(MESSAGE_ID))
            check_number(walk, texts, CLR_FILE_REASON_FRAMING, CLR_JSETC_MESSAGE_ID, message->header_id, message->message_id);
        return CLR_OK;
    }
    jsetc_raw_message(&walk->at, texts, &walk->raw);
    return give(walk, texts, fault);
}

static enum clr_status take_list(struct walk *walk, const struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    walk->in_list = walk->files_in_list = 0;
    walk->list_sum_fen = 0;
    clr_jsetc_list_of(texts, walk->file->units_yuan, &walk->at.list);
    find_bad(walk, texts, &walk->at.list.bad);
    if (texts->variant != CLR_JSETC_DISPUTE) return CLR_OK;
    jsetc_raw_list(&walk->at, texts, &walk->raw);
    return give(walk, texts, fault);
}

/* Signed sums: a negative fee is a record's fault, but was summed as it was written. */
static void add_sum(struct walk *walk, clr_fen fen, bool negative, bool known)
{
    if (!known) walk->sum_known = false;
    if (negative) fen = -fen;
    if (clr_fen_add(&walk->sum_fen, fen) != CLR_OK || clr_fen_add(&walk->list_sum_fen, fen) != CLR_OK) walk->sum_known = false;
}

static enum clr_status take_record(struct walk *walk, const struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    const bool yuan = walk->file->units_yuan;
    struct clr_jsetc_transaction transaction;
    struct clr_jsetc_line line;

    if (texts->variant == CLR_JSETC_ORIGINALS) {
        clr_jsetc_transaction_of(texts, yuan, &walk->reader, &transaction);
        add_sum(walk, transaction.fee_fen, transaction.fee_negative, (transaction.has & BIT(FEE)) != 0);
        jsetc_raw_transaction(&walk->at, texts, &transaction, walk->whole, &walk->raw);
    } else {
        clr_jsetc_line_of(texts, yuan, &line);
        /* An empty List has an empty element in it. */
        if (texts->variant == CLR_JSETC_TOTALS && line.message_id == 0 && line.file_id == 0 && !line.bad.any) return CLR_OK;
        if (texts->variant == CLR_JSETC_REFUND) add_sum(walk, line.amount_fen, line.amount_negative, (line.has & BIT(TRANS_AMOUNT)) != 0);
        if (texts->seen & BIT(LISTED_FILE)) walk->files_in_list++;
        jsetc_raw_line(&walk->at, texts, &line, &walk->raw);
    }
    walk->in_list += !(texts->seen & BIT(LISTED_FILE));
    walk->records++;
    return give(walk, texts, fault);
}

static enum clr_status end_list(struct walk *walk, const struct clr_jsetc_texts *texts)
{
    const struct clr_jsetc_list *const list = &walk->at.list;

    walk->list_stray |= texts->stray[CLR_JSETC_LEVEL_LIST];
    if (list->has & BIT(LIST_MESSAGES)) check_number(walk, texts, CLR_FILE_REASON_RECORDS, CLR_JSETC_LIST_MESSAGES, list->messages, walk->in_list);
    if (list->has & BIT(LIST_FILES)) check_number(walk, texts, CLR_FILE_REASON_RECORDS, CLR_JSETC_LIST_FILES, list->files, walk->files_in_list);
    if (list->has & BIT(LIST_COUNT)) check_number(walk, texts, CLR_FILE_REASON_RECORDS, CLR_JSETC_LIST_COUNT, list->count, walk->in_list);
    if (texts->variant == CLR_JSETC_REFUND && list->has & BIT(LIST_AMOUNT))
        check_sum(walk, texts, CLR_JSETC_LIST_AMOUNT, list->amount_fen, walk->list_sum_fen);
    return CLR_OK;
}

static void check_totals(struct walk *walk, const struct clr_jsetc_texts *texts)
{
    const struct clr_jsetc_message *const message = &walk->at.message;
    const bool summed = texts->variant == CLR_JSETC_ORIGINALS || texts->variant == CLR_JSETC_REFUND;

    if (texts->variant == CLR_JSETC_ACCOUNT && message->has & BIT(DISPUTED))
        check_number(walk, texts, CLR_FILE_REASON_RECORDS, CLR_JSETC_DISPUTED, message->disputed, walk->records);
    if ((summed || texts->variant == CLR_JSETC_DISPUTE) && message->has & BIT(COUNT))
        check_number(walk, texts, CLR_FILE_REASON_RECORDS, CLR_JSETC_COUNT, message->count, walk->records);
    if (summed && message->has & BIT(AMOUNT))
        check_sum(walk, texts, CLR_JSETC_AMOUNT, message->amount_negative ? -message->amount_fen : message->amount_fen, walk->sum_fen);
}

static enum clr_status end_message(struct walk *walk, const struct clr_jsetc_texts *texts)
{
    if (!walk->body_told) return CLR_OK;
    check_totals(walk, texts);
    for (unsigned field = 1; field <= CLR_JSETC_FIELD_COUNT; field++) {
        if (texts->late & CLR_JSETC_BIT(field)) find_field(walk, texts, field, "before the first record");
    }
    if (texts->stray[CLR_JSETC_LEVEL_MESSAGE] || walk->list_stray) find_field(walk, texts, 0, "no text between elements");
    return CLR_OK;
}

static enum clr_status on_event(void *context, enum clr_jsetc_event event, struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    struct walk *const walk = context;

    switch (event) {
    case CLR_JSETC_EVENT_BODY: return take_body(walk, texts, fault);
    case CLR_JSETC_EVENT_LIST: return take_list(walk, texts, fault);
    case CLR_JSETC_EVENT_RECORD: return take_record(walk, texts, fault);
    case CLR_JSETC_EVENT_LIST_END: return end_list(walk, texts);
    default: return end_message(walk, texts);
    }
}

/* ---- the codec ---- */

static bool starts_element(struct clr_bytes rest)
{
    return rest.size > 8 && (rest.data[8] == '>' || rest.data[8] == ' ' || rest.data[8] == '\t' || rest.data[8] == '\r' || rest.data[8] == '\n');
}

static int sniff(struct clr_bytes head, const char *name)
{
    size_t at = head.size >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    (void)name;
    while (at < head.size && (head.data[at] == ' ' || head.data[at] == '\n' || head.data[at] == '\r' || head.data[at] == '\t')) at++;
    if (at >= head.size || head.data[at] != '<') return 0;
    const uint8_t *const root = memmem(head.data + at, head.size - at, "<Message", 8);
    if (root == NULL || !starts_element(clr_bytes_of(root, head.size - (size_t)(root - head.data)))) return 0;
    return memmem(head.data, head.size, "<MessageClass", 13) != NULL ? 2 : 1;
}

static enum clr_status refuse(struct clr_codec_file *file, const struct clr_jsetc_trouble *trouble, struct clr_fault *fault)
{
    char seen[96];

    snprintf(seen, sizeof seen, "line %llu: %s", (unsigned long long)trouble->line, trouble->en);
    clr_finding_say(clr_codec_find(file, trouble->encoding ? CLR_FILE_REASON_ENCODING : CLR_FILE_REASON_FRAMING, 0, trouble->offset), "xml",
                    "a message of the interface", clr_bytes_text(seen));
    clr_fault_say(fault, CLR_REFUSED, "line %llu: %s%.0s", "第%llu行：%.0s%s", (unsigned long long)trouble->line, trouble->en, trouble->zh);
    clr_fault_at(fault, NULL, trouble->line, "xml");
    if (fault != NULL) {
        fault->offset = trouble->offset;
        fault->has_offset = 1;
    }
    return CLR_REFUSED;
}

struct opening {
    struct clr_codec_file *file;
    bool told;
};

static enum clr_status on_head(void *context, enum clr_jsetc_event event, struct clr_jsetc_texts *texts, struct clr_fault *fault)
{
    struct opening *const opening = context;
    struct clr_codec_file *const file = opening->file;
    struct clr_jsetc_message message;
    char sender[CLR_JSETC_ID_SIZE] = "", party[CLR_JSETC_ID_SIZE] = "";

    (void)event;
    (void)fault;
    clr_jsetc_message_of(texts, file->units_yuan, &message);
    opening->told = true;
    ((struct jsetc_state *)(void *)file->state)->variant = texts->variant;
    file->data_offset = texts->offset;
    /* A package is the provider's own, whoever hands it on. */
    const bool package = texts->variant == CLR_JSETC_ORIGINALS || texts->variant == CLR_JSETC_REFUND;
    const uint64_t number = package ? message.message_id : message.header_id;
    (void)clr_jsetc_id_text(message.sender, sender);
    const size_t size = clr_jsetc_id_text(package ? message.provider : message.sender, party);
    snprintf(file->sender, sizeof file->sender, "%s", sender);
    if (size > 0 && message.has & (package ? BIT(MESSAGE_ID) : BIT(HEADER_ID)))
        snprintf(file->file_id, sizeof file->file_id, "%u/%u/%u/%s/%llu", message.message_class, message.message_type, message.content, party,
                 (unsigned long long)number);
    return CLR_STOPPED;
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    struct opening opening = { .file = file };
    struct clr_jsetc_trouble trouble;

    file->declared_records = UINT64_MAX;
    *(struct jsetc_state *)(void *)file->state = (struct jsetc_state){ CLR_JSETC_UNKNOWN };
    if (head.size == 0) return clr_refuse(file, fault, "message", "<Message>", clr_bytes_text("nothing"), "the file is empty", "文件为空");
    const enum clr_status status = clr_jsetc_read(head, head.size == file->size, on_head, &opening, &trouble, NULL);
    if (opening.told) return CLR_OK;
    if (status == CLR_REFUSED) return refuse(file, &trouble, fault);
    if (status == CLR_FULL) return clr_fault_say(fault, CLR_FULL, "no memory for the message", "内存不足，无法读取报文");
    return clr_refuse(file, fault, "message", "<Header> and <Body>", clr_bytes_text("neither, or not in the first 64 KiB"),
                      "the message has no header and body, or they do not begin in its first 64 KiB", "报文没有消息头和消息体，或不在前64 KiB之内");
}

static enum clr_status walk_file(struct clr_codec_file *file, struct clr_bytes whole,
                                 enum clr_status (*visit)(void *context, const struct clr_raw *raw, struct clr_fault *fault), void *context,
                                 struct clr_fault *fault)
{
    struct walk walk = { .file = file, .whole = whole, .visit = visit, .context = context, .sum_known = true };
    struct clr_jsetc_trouble trouble;

    clr_reader_init(&walk.reader, file);
    const enum clr_status status = clr_jsetc_read(whole, true, on_event, &walk, &trouble, fault);
    if (status == CLR_REFUSED && trouble.en != NULL) return refuse(file, &trouble, fault);
    if (status == CLR_FULL && !walk.body_told) return clr_fault_say(fault, CLR_FULL, "no memory for the message", "内存不足，无法读取报文");
    if (status != CLR_OK || walk.body_told) return status;
    return clr_refuse(file, fault, "message", "<Body>", clr_bytes_text("none"), "the message has no body", "报文没有消息体");
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    (void)file;                             /* walk() has seen the end */
    (void)records;
}

struct showing {
    void (*show)(void *context, unsigned field, struct clr_bytes text);
    void *context;
};

static void show_texts(void *context, const struct clr_jsetc_texts *texts)
{
    const struct showing *const showing = context;

    for (unsigned field = 1; field <= CLR_JSETC_FIELD_COUNT; field++) {
        if (texts->seen & CLR_JSETC_BIT(field)) showing->show(showing->context, field, texts->text[field]);
    }
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record, void (*show)(void *context, unsigned field, struct clr_bytes text),
                    void *context)
{
    struct showing showing = { show, context };

    (void)clr_jsetc_read_part(record, ((const struct jsetc_state *)(const void *)file->state)->variant, show_texts, &showing);
}

const struct clr_codec clr_codec_jsetc = {
    .name = "jsetc",
    .format = CLR_FORMAT_JSETC,
    .product = CLR_PRODUCT_TOLL,
    .unit_field = "provider",
    .has_declared_day = true,
    .yuan = true,
    .alone = true,
    .sender_field = "provider",
    .record_size_min = 60,
    .fields = clr_jsetc_field_names,
    .field_count = CLR_JSETC_FIELD_COUNT,
    .sniff = sniff,
    .open = open_file,
    .walk = walk_file,
    .whole_size_max = WHOLE_SIZE_MAX,
    .close = close_file,
    .explain = explain,
};
