#include "ingest/origin.h"

#include <stdlib.h>

/** Large enough for many records, and for the longest one with what a codec looks ahead. */
#define BUFFER_SIZE (((size_t)1 << 20) + CLR_RECORD_SIZE_MAX)
/** Rather decode on than look a nearer place up. */
#define NEAR 2048

/* ---- open ---- */

/** The job of the file, as admission made it. */
static void make_job(struct clr_origin *origin, const struct clr_codec *codec)
{
    const struct clr_file *const file = origin->file;
    const int sender = clr_rules_sender(origin->rules, clr_bytes_text(file->sender));

    if (sender >= 0) origin->sender = origin->rules->sender[sender];
    origin->sender.counter_offset = file->counter_offset;
    for (unsigned product = 0; product < CLR_PRODUCT_COUNT; product++) origin->closed[product].through = CLR_DAY_NONE;
    origin->job = (struct clr_job){
        .codec = codec,
        .sender = &origin->sender,
        .stamp = file->stamp,
        .admission = file->admission,
        .receipt_window = file->window_rule == CLR_WINDOW_RECEIPT
                              ? clr_rules_receipt_window(origin->rules, (enum clr_product)file->product, file->stamp)
                              : CLR_DAY_NONE,
        .file = { .codec = codec,
                  .name = file->name,
                  .size = file->size,
                  .units_yuan = file->units_yuan,
                  .encoding_gbk = file->encoding_gbk },
    };
}

static enum clr_status open_archive(struct clr_origin *origin, struct clr_fault *fault)
{
    char directory[600];
    struct clr_fault unsaid = { .status = CLR_OK };
    size_t head = 0;

    if (origin->file->archive == CLR_ARCHIVE_NONE) return CLR_NOT_FOUND;
    clr_store_archive_path(origin->store, directory);
    enum clr_status status = clr_archive_open(directory, origin->store->key, origin->file->received, &origin->archive, &unsaid);
    if (status == CLR_OK) status = clr_archive_read(origin->archive, 0, origin->buffer, CLR_HEAD_SIZE, &head, &unsaid);
    /* A file that is only referred to may go away; that is no damage of the store. */
    if (status == CLR_DAMAGED && origin->file->archive == CLR_ARCHIVE_REFERENCE) status = CLR_NOT_FOUND;
    if (status == CLR_OK) status = origin->job.codec->open(&origin->job.file, clr_bytes_of(origin->buffer, head), &unsaid);
    if (status != CLR_OK && status != CLR_NOT_FOUND && fault != NULL) *fault = unsaid;
    return status;
}

enum clr_status clr_origin_open(struct clr_store *store, struct clr_tx *tx, const struct clr_codec_list *codecs,
                                const struct clr_file *file, struct clr_origin *out, struct clr_fault *fault)
{
    const struct clr_codec *const codec = clr_codec_by_format(codecs, (enum clr_format)file->format);

    memset(out, 0, sizeof *out);
    out->store = store;
    out->tx = tx;
    out->file = file;
    if (codec == NULL) return CLR_NOT_FOUND;
    CLR_TRY(clr_store_rules_get(store, file->rules_version, &out->rules, fault));
    make_job(out, codec);
    out->buffer = malloc(BUFFER_SIZE);
    out->raw = malloc(CLR_CHECK_BATCH * sizeof *out->raw);
    out->txn = malloc(CLR_CHECK_BATCH * sizeof *out->txn);
    if (out->buffer == NULL || out->raw == NULL || out->txn == NULL) return CLR_FULL;
    CLR_TRY(open_archive(out, fault));
    return clr_checker_init(&out->checker, out->rules, out->closed, store->key);
}

void clr_origin_close(struct clr_origin *origin)
{
    clr_archive_close(origin->archive);
    if (origin->checker.issuers != NULL) clr_checker_free(&origin->checker);
    if (origin->buffer != NULL) explicit_bzero(origin->buffer, BUFFER_SIZE); /* card numbers */
    if (origin->raw != NULL) explicit_bzero(origin->raw, CLR_CHECK_BATCH * sizeof *origin->raw);
    free(origin->buffer);
    free(origin->raw);
    free(origin->txn);
    clr_whole_free(&origin->whole);
    memset(origin, 0, sizeof *origin);
}

/* ---- read ---- */

static enum clr_status damaged(const struct clr_origin *origin, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "the archived file and its verdicts do not fit together; run `clear verify`",
                  "存档文件与其判定结果不一致；请运行 `clear verify`");
    clr_fault_at(fault, origin->file->name, 0, NULL);
    return CLR_DAMAGED;
}

static enum clr_status fill(struct clr_origin *origin, uint64_t offset, struct clr_fault *fault)
{
    origin->offset = offset;
    origin->at = 0;
    return clr_archive_read(origin->archive, offset, origin->buffer, BUFFER_SIZE, &origin->size, fault);
}

/** Go to the last noted place that is not behind the record. */
static enum clr_status seek(struct clr_origin *origin, uint64_t number, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t from[12];
    uint64_t offset = origin->job.file.data_offset, first = 1;

    clr_put_be32(from, origin->file->admission);
    clr_put_be64(from + 4, number);
    CLR_TRY(clr_scan_open(origin->tx, CLR_TABLE_soff, from, 4, &scan, fault));
    const enum clr_status status = clr_scan_floor(&scan, from, sizeof from, &key, &value, fault);
    if (status == CLR_OK && key.size == 12 && value.size == 8) {
        first = clr_get_be64(key.data + 4);
        memcpy(&offset, value.data, 8);
    }
    clr_scan_close(&scan);
    if (status != CLR_OK && status != CLR_NOT_FOUND) return status;
    if (origin->size > 0 && origin->next >= first && origin->next <= number) return CLR_OK; /* nearer already */
    origin->next = first;
    return fill(origin, offset, fault);
}

static bool at_end(const struct clr_origin *origin)
{
    return origin->offset + origin->size >= origin->file->size;
}

/** Records that are taken one by one are judged elsewhere: what the bytes say is all. */
static void take_moves(struct clr_origin *origin, const struct clr_raw *raws)
{
    for (size_t i = 0; i < origin->batch_count; i++) {
        const struct clr_raw *const raw = &raws[i];
        struct clr_txn *const txn = &origin->txn[i];
        *txn = (struct clr_txn){ .amount_fen = raw->amount_fen,
                                 .price_fen = raw->flags & CLR_FLAG_HAS_PRICE ? raw->price_fen : raw->amount_fen,
                                 .reasons = raw->reasons,
                                 .traded_at_s = raw->traded_at_s,
                                 .product = raw->product,
                                 .kind = raw->kind,
                                 .service = raw->service,
                                 .type = raw->type,
                                 .flags = raw->flags,
                                 .detail = raw->detail,
                                 .window = CLR_DAY_NONE,
                                 .trade_day = raw->traded_at_s == CLR_TIME_NONE ? CLR_DAY_NONE : clr_day_of_time(raw->traded_at_s) };
        if (!clr_format_is_by_sender(origin->job.codec->format)) {
            txn->sam = raw->sam;
            txn->sam_serial = raw->sam_serial;
            txn->counter = raw->counter;
            txn->tac = raw->flags & CLR_FLAG_HAS_TAC ? raw->tac : 0;
            txn->balance_fen = raw->flags & CLR_FLAG_HAS_BALANCE ? raw->balance_fen : 0;
        }
        if (clr_bytes_trim(raw->card).size == 0) continue;
        clr_card_block(origin->store->tokenizer, raw->card, txn->card.byte);
        clr_tokens_of_blocks(origin->store->tokenizer, &txn->card, 1);
    }
}

/** References of unknown codes are the checker's own; the store has had the same texts since the file was admitted. */
static clr_party store_party(struct clr_origin *origin, clr_party party)
{
    if (!(party & CLR_PARTY_UNKNOWN)) return party;
    return clr_parties_intern(&origin->store->parties, clr_bytes_text(clr_party_text(&origin->checker.unknown, party)));
}

static void take_trades(struct clr_origin *origin)
{
    clr_check_records(&origin->checker, &origin->job, origin->raw, origin->batch_count, 0, 0, 0, origin->txn);
    for (size_t i = 0; i < origin->batch_count; i++) {
        struct clr_txn *const txn = &origin->txn[i];
        txn->issuer = store_party(origin, txn->issuer);
        txn->acquirer = store_party(origin, txn->acquirer);
        if (origin->raw[i].traded_at_s == CLR_TIME_NONE) txn->traded_at_s = CLR_TIME_NONE;
    }
}

/** Decode the next records. One that begins too near the end of the buffer is left for the next one: a codec may have to look that far ahead. */
static enum clr_status decode(struct clr_origin *origin, struct clr_fault *fault)
{
    if (!at_end(origin) && origin->at + CLR_RECORD_SIZE_MAX > origin->size) CLR_TRY(fill(origin, origin->offset + origin->at, fault));
    size_t count = 0, at = origin->at;
    origin->job.codec->decode(&origin->job.file, clr_bytes_of(origin->buffer, origin->size), &at, origin->raw, CLR_CHECK_BATCH, &count);
    for (size_t i = 1; i < count && !at_end(origin); i++) {
        if (origin->raw[i].offset + (size_t)CLR_RECORD_SIZE_MAX <= origin->size) continue;
        at = origin->raw[i].offset;
        count = i;
    }
    if (count == 0) return damaged(origin, fault);
    origin->at = at;
    origin->batch_first = origin->next;
    origin->batch_count = count;
    origin->next += count;
    if (clr_format_is_alone(origin->job.codec->format))
        take_moves(origin, origin->raw);
    else
        take_trades(origin);
    return origin->checker.status;
}

/** One of the records of a message. */
static enum clr_status read_whole(struct clr_origin *origin, uint64_t number, struct clr_origin_record *out, struct clr_fault *fault)
{
    struct clr_whole *const whole = &origin->whole;
    if (whole->data == NULL) {
        size_t got = 0;
        whole->size = (size_t)origin->file->size;
        whole->data = malloc(whole->size + 1);
        if (whole->data == NULL) return CLR_FULL;
        CLR_TRY(clr_archive_read(origin->archive, 0, whole->data, whole->size, &got, fault));
        const enum clr_status status = got == whole->size ? clr_whole_walk(whole, &origin->job.file, fault) : CLR_REFUSED;
        if (status != CLR_OK) clr_whole_free(whole);
        if (status == CLR_REFUSED) return damaged(origin, fault);
        CLR_TRY(status);
    }
    if (number > whole->count) return damaged(origin, fault);
    const struct clr_raw *const raw = &whole->raw[number - 1];
    origin->batch_first = number;
    origin->batch_count = 1;
    take_moves(origin, raw);
    *out = (struct clr_origin_record){ raw, &origin->txn[0], clr_bytes_of(whole->data + raw->offset, raw->size), raw->offset };
    return CLR_OK;
}

enum clr_status clr_origin_read(struct clr_origin *origin, uint64_t number, struct clr_origin_record *out, struct clr_fault *fault)
{
    CLR_ASSERT(number >= 1 && number <= origin->file->first.records);
    if (origin->job.codec->walk != NULL) return read_whole(origin, number, out, fault);
    const bool in_batch = origin->batch_count > 0 && number >= origin->batch_first && number < origin->batch_first + origin->batch_count;
    if (!in_batch) {
        if (origin->size == 0 || number < origin->next || number - origin->next > NEAR) {
            origin->batch_count = 0;
            CLR_TRY(seek(origin, number, fault));
        }
        do CLR_TRY(decode(origin, fault));
        while (number >= origin->next);
    }
    const size_t index = (size_t)(number - origin->batch_first);
    const struct clr_raw *const raw = &origin->raw[index];
    *out = (struct clr_origin_record){ raw, &origin->txn[index], clr_bytes_of(origin->buffer + raw->offset, raw->size),
                                       origin->offset + raw->offset };
    return CLR_OK;
}
