/*
 * store_digest.c: one digest of the logical content of a store (clr.h clr_digest).
 *
 * Covers, in this order: rules digests; files; a sum of record leaves; events; windows; journal. Excludes what depends on layout or key: run ids,
 * batches, tokens, store-private party numbers, the audit log.
 *
 * A record has a verdict leaf (from the verdict map) and, when it has a row, a content leaf. Leaves are SHA-256 under a tag, added as 256-bit
 * numbers: so neither chunk borders nor the order of runs and rows matter, and any thread may add any part. Verdict leaves are cheap: one hash for
 * each reason word of a chunk, mixed with the record's number (add_verdict); links, amounts and details of exceptions are hashed in full.
 */
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/workers.h"
#include "settle/windows.h"
#include "store/files.h"
#include "store/moves.h"
#include "store/segment.h"
#include "store/store.h"
#include "store/vmap.h"

/** A 256-bit number, least significant word first; sums wrap. */
struct leaf_sum { uint64_t word[4]; };

static void sum_add(struct leaf_sum *to, const struct leaf_sum *addend)
{
    unsigned carry = 0;
    for (unsigned i = 0; i < 4; i++) {
        const unsigned __int128 total = (unsigned __int128)to->word[i] + addend->word[i] + carry;
        to->word[i] = (uint64_t)total;
        carry = (unsigned)(total >> 64);
    }
}

struct hasher { EVP_MD *sha256; EVP_MD_CTX *context; };

static bool hasher_open(struct hasher *hasher)
{
    hasher->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->context = EVP_MD_CTX_new();
    return hasher->sha256 != NULL && hasher->context != NULL;
}

static void hasher_close(struct hasher *hasher)
{
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->sha256);
}

static bool hash_begin(struct hasher *hasher) { return EVP_DigestInit_ex2(hasher->context, hasher->sha256, NULL) == 1; }
static bool hash_bytes(struct hasher *hasher, const void *data, size_t size) { return EVP_DigestUpdate(hasher->context, data, size) == 1; }
static bool hash_u64(struct hasher *hasher, uint64_t value) { return hash_bytes(hasher, &value, sizeof value); }
static bool hash_text(struct hasher *hasher, const char *text) { return hash_u64(hasher, strlen(text)) && hash_bytes(hasher, text, strlen(text)); }
static bool hash_end(struct hasher *hasher, void *out) { return EVP_DigestFinal_ex(hasher->context, out, NULL) == 1; }

static bool add_leaf(struct hasher *hasher, const void *data, size_t size, struct leaf_sum *sum)
{
    struct leaf_sum leaf;
    if (!hash_begin(hasher) || !hash_bytes(hasher, data, size) || !hash_end(hasher, leaf.word)) return false;
    sum_add(sum, &leaf);
    return true;
}

/* ---- what the workers share ---- */

struct part_of_run { const struct clr_run *run; uint32_t part; };

struct digest_job {
    struct clr_store *store;
    struct part_of_run *part;  size_t part_count;
    uint32_t *admission;  size_t file_count;
    uint8_t (*content)[CLR_DIGEST_SIZE];     /* content digest by admission number */
    uint32_t content_count;
    _Atomic size_t next;                     /* parts first, then files */
    _Atomic int failed;
    struct leaf_sum *sum;                    /* by worker */
};

/* Content leaf of a row: tag, file, number, what was traded by whom, into which window. */
static bool row_leaf(const struct digest_job *job, struct hasher *hasher, const struct clr_txn *txn, uint32_t admission, uint64_t number, struct leaf_sum *sum)
{
    uint64_t field[16] = { 0 };
    uint8_t message[8 + CLR_DIGEST_SIZE + sizeof field + 400];
    size_t size = 0;
    const char *const issuer = clr_party_text(&job->store->parties, txn->issuer), *const acquirer = clr_party_text(&job->store->parties, txn->acquirer);

    memcpy(message, "clearrow", 8);
    memcpy(message + 8, job->content[admission], CLR_DIGEST_SIZE);
    field[0] = number;
    field[1] = txn->reasons;
    field[2] = (uint64_t)txn->amount_fen;
    field[3] = (uint64_t)txn->price_fen;
    field[4] = (uint64_t)txn->traded_at_s;
    field[5] = (uint64_t)txn->window;
    field[6] = (uint64_t)txn->product | (uint64_t)txn->kind << 8 | (uint64_t)txn->service << 16 | (uint64_t)txn->type << 24 | (uint64_t)txn->flags << 32;
    field[7] = txn->sam;
    field[8] = txn->sam_serial;
    field[9] = (uint64_t)txn->counter << 32 | txn->balance_fen;
    field[10] = txn->tac;
    memcpy(message + 8 + CLR_DIGEST_SIZE, field, sizeof field);
    size = 8 + CLR_DIGEST_SIZE + sizeof field;
    const size_t a = strnlen(issuer, 190), b = strnlen(acquirer, 190);
    memcpy(message + size, issuer, a);
    message[size + a] = 0;
    memcpy(message + size + a + 1, acquirer, b);
    return add_leaf(hasher, message, size + a + 1 + b, sum);
}

static enum clr_status digest_part(struct digest_job *job, struct hasher *hasher, struct clr_tx *tx, const struct part_of_run *at, struct leaf_sum *sum)
{
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes value;
    struct clr_segment segment;
    clr_segment_key(at->run->id, at->run->part[at->part].partition, at->run->part[at->part].part, key);
    if (clr_tx_get(tx, CLR_TABLE_row, key, sizeof key, &value, NULL) != CLR_OK || clr_segment_open(value, &segment) != CLR_OK) return CLR_DAMAGED;
    for (size_t row = 0; row < clr_segment_rows(&segment); row++) {
        struct clr_txn txn;
        uint64_t number;
        clr_segment_row(&segment, row, &txn, &number);
        if (txn.file >= at->run->file_count) return CLR_DAMAGED;
        const uint32_t admission = at->run->admission[txn.file];
        if (admission >= job->content_count) return CLR_DAMAGED;
        if (!row_leaf(job, hasher, &txn, admission, number, sum)) return CLR_INTERNAL;
    }
    return CLR_OK;
}

/** Verdict leaves of a chunk: SHA-256 of (file, reason word), times the record's number mixed, so that most records cost a multiplication. */
static bool word_leaf(const struct digest_job *job, struct hasher *hasher, uint32_t admission, uint64_t reasons, struct leaf_sum *out)
{
    return hash_begin(hasher) && hash_bytes(hasher, "clearvrd", 8) && hash_bytes(hasher, job->content[admission], CLR_DIGEST_SIZE) &&
           hash_u64(hasher, reasons) && hash_end(hasher, out->word);
}

/** What an exception says beside its verdict. */
static bool exception_leaf(const struct digest_job *job, struct hasher *hasher, uint32_t admission, const struct clr_exception *exception, struct leaf_sum *sum)
{
    const uint64_t field[5] = { exception->number, exception->reasons, exception->link, (uint64_t)exception->amount_fen, exception->detail };
    uint8_t message[8 + CLR_DIGEST_SIZE + sizeof field];
    if (exception->link == 0 && exception->amount_fen == 0 && exception->detail == 0) return true;
    memcpy(message, "clearexc", 8);
    memcpy(message + 8, job->content[admission], CLR_DIGEST_SIZE);
    memcpy(message + 8 + CLR_DIGEST_SIZE, field, sizeof field);
    return add_leaf(hasher, message, sizeof message, sum);
}

/** MurmurHash3's 64-bit finisher: every bit of the input moves every bit of the result. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    value = (value ^ value >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ value >> 33;
}

/** Add a word's leaf for one record. The mix must not be linear in the number: else two rejected records could move to two others of the same sum. */
static void add_verdict(struct leaf_sum *sum, const struct leaf_sum *word, uint64_t number)
{
    struct leaf_sum leaf;
    for (unsigned i = 0; i < 4; i++) leaf.word[i] = mix(word->word[i] ^ mix(number * 4 + i));
    sum_add(sum, &leaf);
}

static enum clr_status digest_map(struct digest_job *job, struct hasher *hasher, uint32_t admission, const struct clr_vmap *map, struct leaf_sum *sum)
{
    struct leaf_sum usual, other;
    uint64_t next = map->first;
    if (!word_leaf(job, hasher, admission, map->default_reasons, &usual)) return CLR_INTERNAL;
    for (size_t i = 0; i <= map->exception_count; i++) {
        struct clr_exception exception = { .number = map->first + map->count };
        if (i < map->exception_count) clr_vmap_exception(map, i, &exception);
        for (; next < exception.number; next++) add_verdict(sum, &usual, next);
        if (i == map->exception_count) break;
        if (!word_leaf(job, hasher, admission, exception.reasons, &other)) return CLR_INTERNAL;
        add_verdict(sum, &other, exception.number);
        if (!exception_leaf(job, hasher, admission, &exception, sum)) return CLR_INTERNAL;
        next = exception.number + 1;
    }
    return CLR_OK;
}

static enum clr_status digest_file_maps(struct digest_job *job, struct hasher *hasher, struct clr_tx *tx, uint32_t admission, struct leaf_sum *sum)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t prefix[4];
    enum clr_status status;
    clr_put_be32(prefix, admission);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_vmap, prefix, sizeof prefix, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_vmap map;
        status = clr_vmap_open(value, &map);
        if (status == CLR_OK) status = digest_map(job, hasher, admission, &map, sum);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static void digest_leaves(void *context, unsigned worker)
{
    struct digest_job *const job = context;
    struct hasher hasher = { 0 };
    struct clr_tx tx = { 0 };
    enum clr_status status = hasher_open(&hasher) ? clr_tx_begin(&job->store->env, false, &tx, NULL) : CLR_FULL;

    while (status == CLR_OK && atomic_load_explicit(&job->failed, memory_order_relaxed) == CLR_OK) {
        const size_t at = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (at < job->part_count) status = digest_part(job, &hasher, &tx, &job->part[at], &job->sum[worker]);
        else if (at < job->part_count + job->file_count) status = digest_file_maps(job, &hasher, &tx, job->admission[at - job->part_count], &job->sum[worker]);
        else break;
    }
    if (status != CLR_OK) atomic_store_explicit(&job->failed, (int)status, memory_order_relaxed);
    if (tx.txn != NULL) clr_tx_abort(&tx);
    hasher_close(&hasher);
}

/* ---- the parts that are small: in order, one after another ---- */

static enum clr_status list_files(struct digest_job *job, struct clr_tx *tx, struct hasher *total, uint64_t *records, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        const uint64_t number[4] = { file.admission, (uint64_t)file.stamp, file.rules_version, file.format };
        if (!hash_bytes(total, number, sizeof number) || !hash_bytes(total, file.received, sizeof file.received) || !hash_bytes(total, file.content, sizeof file.content) ||
            !hash_text(total, file.sender) || !hash_text(total, file.file_id) || !hash_bytes(total, &file.first, sizeof file.first) ||
            !hash_bytes(total, &file.current, sizeof file.current)) status = CLR_INTERNAL;
        /* Which TAC keys were there is an input of the verdicts; without any the digest is what it was before there were keys. */
        static const uint8_t no_keys[CLR_DIGEST_SIZE] = { 0 };
        if (memcmp(file.keys, no_keys, sizeof no_keys) != 0 && !hash_bytes(total, file.keys, sizeof file.keys)) status = CLR_INTERNAL;
        *records += file.first.records;
        const uint32_t count = file.admission + 1;
        void *const content = realloc(job->content, (size_t)count * CLR_DIGEST_SIZE);
        uint32_t *const admission = realloc(job->admission, (job->file_count + 1) * sizeof *admission);
        if (content != NULL) job->content = content;
        if (admission != NULL) job->admission = admission;
        if (content == NULL || admission == NULL) status = CLR_FULL;
        if (status == CLR_OK) {
            memset(job->content[job->content_count], 0, (count - job->content_count) * CLR_DIGEST_SIZE);
            memcpy(job->content[file.admission], file.content, CLR_DIGEST_SIZE);
            job->content_count = count;
            job->admission[job->file_count++] = file.admission;
        }
        clr_file_free(&file);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status hash_rules(struct clr_store *store, struct hasher *total, struct clr_fault *fault)
{
    for (uint32_t version = 1; version <= store->rules_count; version++) {
        const struct clr_rules *rules;
        CLR_TRY(clr_store_rules_get(store, version, &rules, fault));
        if (!hash_bytes(total, rules->digest, sizeof rules->digest)) return CLR_INTERNAL;
    }
    return CLR_OK;
}

/** Keys and values of a table as they are: for tables that hold nothing private to the store. */
static enum clr_status hash_table(struct clr_tx *tx, enum clr_table table, struct hasher *total, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    if (!hash_text(total, clr_table_name(table))) return CLR_INTERNAL;
    CLR_TRY(clr_scan_open(tx, table, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        if (hash_u64(total, key.size) && hash_bytes(total, key.data, key.size) && hash_u64(total, value.size) && hash_bytes(total, value.data, value.size)) continue;
        status = CLR_INTERNAL;
        break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** Packages and what became of them; a store that never saw one has the digest that it had before there were any. */
static enum clr_status hash_packages(struct clr_tx *tx, struct hasher *total, struct clr_fault *fault)
{
    static const enum clr_table tables[] = { CLR_TABLE_pack, CLR_TABLE_prec, CLR_TABLE_pday, CLR_TABLE_pdis, CLR_TABLE_ptot };
    struct clr_scan scan;
    struct clr_bytes key, value;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pack, NULL, 0, &scan, fault));
    const enum clr_status first = clr_scan_next(&scan, &key, &value, fault);
    clr_scan_close(&scan);
    if (first != CLR_OK) return first == CLR_NOT_FOUND ? CLR_OK : first;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) CLR_TRY(hash_table(tx, tables[i], total, fault));
    return CLR_OK;
}

static enum clr_status hash_closed_through(struct clr_tx *tx, struct hasher *total, struct clr_fault *fault)
{
    for (unsigned product = 0; product < CLR_PRODUCT_COUNT; product++) {
        clr_day day;
        CLR_TRY(clr_closed_through(tx, (enum clr_product)product, &day, fault));
        if (!hash_u64(total, (uint64_t)(int64_t)day)) return CLR_INTERNAL;
    }
    return CLR_OK;
}

static enum clr_status list_parts(struct digest_job *job)
{
    size_t count = 0;
    for (size_t i = 0; i < job->store->run_count; i++) count += job->store->run[i]->part_count;
    job->part = malloc((count + 1) * sizeof *job->part);
    if (job->part == NULL) return CLR_FULL;
    for (size_t i = 0; i < job->store->run_count; i++)
        for (uint32_t part = 0; job->store->run[i]->state == CLR_RUN_READY && part < job->store->run[i]->part_count; part++) job->part[job->part_count++] = (struct part_of_run){ job->store->run[i], part };
    return CLR_OK;
}

static enum clr_status digest_all(struct digest_job *job, struct clr_tx *tx, struct hasher *total, uint64_t *records, struct clr_fault *fault)
{
    struct leaf_sum sum = { { 0 } };
    if (!hash_begin(total) || !hash_text(total, "clear-store-digest-v1")) return CLR_INTERNAL;
    CLR_TRY(hash_rules(job->store, total, fault));
    CLR_TRY(list_files(job, tx, total, records, fault));
    CLR_TRY(list_parts(job));
    clr_workers_run(job->store->options.threads, digest_leaves, job);
    const enum clr_status failed = (enum clr_status)atomic_load_explicit(&job->failed, memory_order_relaxed);
    if (failed == CLR_DAMAGED) return clr_fault_say(fault, failed, "stored records are damaged; run `clear verify`", "存储的记录已损坏；请运行 `clear verify`");
    CLR_TRY(failed);
    for (unsigned i = 0; i < job->store->options.threads; i++) sum_add(&sum, &job->sum[i]);
    if (!hash_bytes(total, sum.word, sizeof sum.word)) return CLR_INTERNAL;
    CLR_TRY(clr_moves_digest(job->store, tx, total->context, fault));
    CLR_TRY(hash_table(tx, CLR_TABLE_event, total, fault));
    CLR_TRY(hash_table(tx, CLR_TABLE_win, total, fault));
    CLR_TRY(hash_packages(tx, total, fault));
    CLR_TRY(hash_closed_through(tx, total, fault));
    return hash_table(tx, CLR_TABLE_jrnl, total, fault);
}

enum clr_status clr_digest(struct clr_store *store, uint8_t digest[CLR_DIGEST_SIZE], uint64_t *records, struct clr_fault *fault)
{
    struct digest_job job = { .store = store };
    struct hasher total = { 0 };
    struct clr_tx tx;
    *records = 0;
    job.sum = calloc(CLR_WORKERS_MAX, sizeof *job.sum);
    enum clr_status status = job.sum != NULL && hasher_open(&total) ? clr_tx_begin(&store->env, false, &tx, fault) : CLR_FULL;
    if (status == CLR_OK) {
        status = digest_all(&job, &tx, &total, records, fault);
        if (status == CLR_OK && !hash_end(&total, digest)) status = CLR_INTERNAL;
        clr_tx_abort(&tx);
    }
    hasher_close(&total);
    free(job.sum);
    free(job.part);
    free(job.admission);
    free(job.content);
    return status;
}
