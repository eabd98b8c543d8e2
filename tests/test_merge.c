/*
 * Merging of runs: nothing that can be asked of a store changes. Stores of 2 to 12 files with repeats across them, conflicts, unknown parties,
 * moves, decisions, files that go on over several batches, and one card with more rows than a part holds.
 *
 * malloc, calloc and realloc of the engine are wrapped by the linker: the n-th fails.
 */
#include "store_world.h"

#include "base/stop.h"
#include "store/merge_plan.h"
#include "store/store.h"

/* ---- an allocation that fails ---- */

#define NEVER 100000000
static int allocations_left = NEVER;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool no_memory(void) { return allocations_left != NEVER && allocations_left-- <= 0; }
void *__wrap_malloc(size_t size) { return no_memory() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return no_memory() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *old, size_t size) { return no_memory() ? NULL : __real_realloc(old, size); }

/* ---- stores ---- */

#define MAP (UINT64_C(1) << 30)

static void ingest(struct clr_store *store, const char *path, bool merge, struct clr_maintained *maintained)
{
    struct clr_fault fault = { 0 };
    struct clr_ingest_result result;
    const struct clr_ingest_options options = { .received_at = clr_time_parse(clr_bytes_text(WORLD_STAMP)), .no_maintain = !merge, .archive = CLR_ARCHIVE_NONE };
    if (clr_ingest(store, &clr_codecs, &options, &path, 1, &result, &fault) != CLR_OK) fail_msg("ingest: %s", fault.en);
    if (result.worst != CLR_OK) fail_msg("%s: %s", path, result.file[0].fault.en);
    if (maintained != NULL) *maintained = result.maintained;
    clr_ingest_result_free(&result);
}

/* File `number`: sizes differ, and every third repeats the trades of the first, with some of its own behind them. */
static const char *trades(unsigned number)
{
    char name[32];
    snprintf(name, sizeof name, "t%u.csv", number);
    return number % 3 == 2 ? world_trades(name, 1, 700 + 37 * number) : world_trades(name, number + 1, number % 4 == 1 ? 300 : 2500);
}

/* One card, more rows than a part holds; a third of them at the same second from another device. */
static const char *one_card(const char *name, unsigned first, unsigned records)
{
    const char *const path = scratch_path(name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fputs("deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n", file);
    for (unsigned i = first; i < first + records; i++) {
        const unsigned second = i / 3 % 50000 + 20000;
        fprintf(file, "2026-03-02 %02u:%02u:%02u,2026-03-02 00:00:00,ABCDEFGHI,300,地铁出站,地铁五号线,IGT-1,站,0,300,%u\n", second / 3600, second / 60 % 60,
                second % 60, 263000000 + i % 3 + 1000 * (i / 150000));
    }
    assert_int_equal(fclose(file), 0);
    return path;
}

static void fill(struct clr_store *store, unsigned files, bool merge)
{
    for (unsigned i = 0; i < files; i++) ingest(store, trades(i), merge, NULL);
    ingest(store, world_moves("moves.csv"), merge, NULL);
}

/* ---- everything that can be asked ---- */

struct seen { uint8_t digest[CLR_DIGEST_SIZE]; uint64_t records, listed, sum; };

static uint64_t mix(uint64_t sum, const void *data, size_t size)
{
    const uint8_t *const byte = data;
    for (size_t i = 0; i < size; i++) sum = (sum ^ byte[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static bool see_record(void *context, const struct clr_record *record)
{
    struct seen *const seen = context;
    char text[600];
    const int size = snprintf(text, sizeof text, "%llu %s %llx %llx %llu %d %u %u %u %u %x %x %s %s %s %llu %llu %u %u %u %lld %lld %lld %d", (unsigned long long)record->id,
                              record->file_name, (unsigned long long)record->reasons, (unsigned long long)record->first_reasons, (unsigned long long)record->link,
                              record->decoded, record->product, record->kind, record->service, record->type, record->flags, record->detail, record->card,
                              record->issuer.code, record->acquirer.code, (unsigned long long)record->sam, (unsigned long long)record->sam_serial, record->counter,
                              record->balance_fen, record->tac, (long long)record->amount_fen, (long long)record->price_fen, (long long)record->traded_at_s, record->window);
    seen->sum = mix(seen->sum, text, (size_t)size);
    seen->listed++;
    return true;
}

static void see_why(struct clr_store *store, clr_record_id id, struct seen *seen)
{
    struct clr_fault fault = { 0 };
    struct clr_why why;
    if (clr_why(store, &clr_codecs, id, false, &why, &fault) != CLR_OK) fail_msg("why: %s", fault.en);
    for (size_t i = 0; i < why.step_count; i++) {
        seen->sum = mix(seen->sum, why.step[i].en, strlen(why.step[i].en));
        seen->sum = mix(seen->sum, &why.step[i].passed, 1);
    }
    for (size_t i = 0; i < why.field_count; i++) seen->sum = mix(seen->sum, why.field[i].value, strlen(why.field[i].value));
    clr_why_free(&why);
}

static struct seen see(struct clr_store *store, const char *card)
{
    struct clr_fault fault = { 0 };
    struct seen seen = { .sum = UINT64_C(0xcbf29ce484222325) };
    const struct clr_record_filter all = { .verdict = -1, .reason = -1 }, of_card = { .verdict = -1, .reason = -1, .card = card };
    struct clr_profile profile;
    if (clr_digest(store, seen.digest, &seen.records, &fault) != CLR_OK) fail_msg("digest: %s", fault.en);
    if (clr_records_each(store, &clr_codecs, &all, see_record, &seen, &fault) != CLR_OK) fail_msg("records: %s", fault.en);
    if (clr_records_each(store, &clr_codecs, &of_card, see_record, &seen, &fault) != CLR_OK) fail_msg("records of a card: %s", fault.en);
    for (clr_day day = clr_day_parse(clr_bytes_text("2026-03-01")); day <= clr_day_parse(clr_bytes_text("2026-03-04")); day++) {
        if (clr_profile_read(store, CLR_ALL_PRODUCTS, day, &profile, &fault) != CLR_OK) fail_msg("profile: %s", fault.en);
        seen.sum = mix(seen.sum, &profile, sizeof profile);
    }
    for (unsigned number = 1; number < 40; number += 3) see_why(store, clr_record_id_of(1, number), &seen);
    return seen;
}

static void expect_same(const char *name, struct clr_store *store, const struct seen *before)
{
    struct clr_fault fault = { 0 };
    struct clr_verify_report report = { 0 };
    const struct seen after = see(store, "ABCDEFGHI");
    if (memcmp(before->digest, after.digest, sizeof after.digest) != 0) fail_msg("%s: another digest", name);
    if (before->records != after.records || before->listed != after.listed || before->sum != after.sum) fail_msg("%s: other records", name);
    if (clr_verify(store, &report, &fault) != CLR_OK) fail_msg("%s: verify: %s %s", name, fault.en, report.problem[0].en);
}

static struct clr_maintained maintain(const char *name, struct clr_store *store, enum clr_status wanted)
{
    struct clr_fault fault = { 0 };
    const struct clr_maintain_options options = { .dry_run = false };
    struct clr_maintained done;
    const enum clr_status status = clr_maintain(store, &options, &done, &fault);
    if (status != wanted) fail_msg("%s: %s: %s", name, clr_status_text(status), fault.en);
    return done;
}

/* ---- what stays ---- */

static void nothing_changes(void **state)
{
    static const struct { const char *name; unsigned files; struct clr_store_options options; bool due; } cases[] = {
        { "two files", 2, { .threads = 2, .map_size = MAP }, false },
        { "nine files", 9, { .threads = 1, .map_size = MAP }, true },
        { "twelve files, three threads", 12, { .threads = 3, .map_size = MAP }, true },
        { "little memory", 12, { .threads = 2, .map_size = MAP, .memory = UINT64_C(64) << 20 }, true },
        { "files that go on, many commits", 8, { .threads = 2, .map_size = MAP, .batch_records = 400, .subcommit_bytes = 20000 }, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[32];
        struct clr_fault fault = { 0 };
        struct clr_summary summary;
        snprintf(name, sizeof name, "same%zu", i);
        struct clr_store *store = world_store(name, &cases[i].options);
        fill(store, cases[i].files, false);
        const struct seen before = see(store, "ABCDEFGHI");
        assert_int_equal(clr_summary_read(store, &summary, &fault), CLR_OK);
        if (summary.merge_due != cases[i].due || summary.merges != 0) fail_msg("%s: due %d", cases[i].name, summary.merge_due);
        clr_summary_free(&summary);
        const struct clr_maintained done = maintain(cases[i].name, store, CLR_OK);
        if ((done.merges > 0) != cases[i].due || done.end != CLR_MAINTAIN_DONE) fail_msg("%s: %llu merges", cases[i].name, (unsigned long long)done.merges);
        assert_int_equal(done.runs_after, store->run_count);
        expect_same(cases[i].name, store, &before);
        clr_store_close(store);
        assert_int_equal(clr_store_open(scratch_path(name), &cases[i].options, &store, &fault), CLR_OK);
        expect_same("opened again", store, &before);
        assert_int_equal(clr_summary_read(store, &summary, &fault), CLR_OK);
        assert_false(summary.merge_due);
        assert_int_equal(summary.merges, done.merges);
        clr_summary_free(&summary);
        assert_int_equal(maintain("again", store, CLR_OK).merges, 0);
        clr_store_close(store);
    }
}

static void a_partition_larger_than_a_part(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = MAP };
    struct clr_store *const store = world_store("hot", &options);
    (void)state;
    for (unsigned i = 0; i < 10; i++) ingest(store, one_card("hot.csv", 8000 * i, 8000), false, NULL);
    const struct seen before = see(store, "ABCDEFGHI");
    assert_int_equal(maintain("hot", store, CLR_OK).merges, 1);
    expect_same("hot", store, &before);
    assert_int_equal(store->run_count, 1);
    assert_true(store->run[0]->part_count >= 3);
    clr_store_close(store);
}

static bool merge_is_due(struct clr_store *store)
{
    struct clr_fault fault = { 0 };
    struct clr_summary summary;
    assert_int_equal(clr_summary_read(store, &summary, &fault), CLR_OK);
    const bool due = summary.merge_due;
    clr_summary_free(&summary);
    return due;
}

/** Files one by one, merged after each or never: one digest; and what is sent again is all known, as it was. */
static void merged_or_not_is_one(void **state)
{
    const struct clr_store_options plain = { .threads = 2, .map_size = MAP }, small = { .threads = 2, .map_size = MAP, .batch_records = 1000 };
    (void)state;
    struct clr_store *const never = world_store("never", &plain), *const after = world_store("after", &plain), *const cut = world_store("cut", &small);
    struct clr_store *const all[] = { never, after, cut };
    fill(never, 11, false);
    fill(after, 11, true);
    fill(cut, 11, true);
    assert_true(never->run_count > 8 && merge_is_due(never));
    /* How a batch is cut depends on who read which block, so the runs of small batches cannot be counted beforehand. */
    assert_true(after->run_count <= 8 && !merge_is_due(after) && !merge_is_due(cut));
    struct seen seen = see(never, "ABCDEFGHI");
    expect_same("merged after each", after, &seen);
    expect_same("merged after each, small batches", cut, &seen);
    for (size_t i = 0; i < 3; i++) {
        struct clr_fault fault = { 0 };
        struct clr_ingest_result result;
        const struct clr_ingest_options options = { .received_at = clr_time_parse(clr_bytes_text(WORLD_STAMP)) };
        /* The second file once more, with one byte behind it: another file, the same records. */
        FILE *const file = fopen(trades(1), "ab");
        assert_non_null(file);
        fputc('\n', file);
        assert_int_equal(fclose(file), 0);
        const char *const path = scratch_path("t1.csv");
        if (clr_ingest(all[i], &clr_codecs, &options, &path, 1, &result, &fault) != CLR_OK) fail_msg("again: %s", fault.en);
        assert_int_equal(result.worst, CLR_OK);
        assert_int_equal(result.totals.verdict[CLR_VERDICT_ACCEPTED].count, 0);
        assert_int_equal(result.totals.verdict[CLR_VERDICT_CONFLICT].count, 0);
        if (result.totals.verdict[CLR_VERDICT_DUPLICATE].count < 250) fail_msg("%llu duplicates", (unsigned long long)result.totals.verdict[CLR_VERDICT_DUPLICATE].count);
        clr_ingest_result_free(&result);
    }
    seen = see(never, "ABCDEFGHI");
    expect_same("sent again", after, &seen);
    expect_same("sent again, small batches", cut, &seen);
    for (size_t i = 0; i < 3; i++) clr_store_close(all[i]);
}

/** A decision, a settlement and its re-examination find their rows in a merged run as in the runs of before. */
static void later_verdicts_find_their_rows(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = MAP };
    struct clr_store *const stores[] = { world_store("left", &options), world_store("joined", &options) };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct clr_fault fault = { 0 };
        struct clr_resolved resolved;
        struct clr_settled settled;
        struct clr_rules_loaded loaded;
        fill(stores[i], 10, false);
        if (i == 1) assert_int_equal(maintain("joined", stores[i], CLR_OK).merges, 1);
        if (clr_resolve(stores[i], clr_record_id_of(1, 7), true, "the slip is here", CLR_TIME_NONE, false, &resolved, &fault) != CLR_OK) fail_msg("resolve: %s", fault.en);
        if (clr_rules_load(stores[i], CLR_FIXTURES "/rules/shenzhen", false, &loaded, &fault) != CLR_OK) fail_msg("rules: %s", fault.en);
        if (clr_settle(stores[i], clr_day_parse(clr_bytes_text("2026-03-10")), CLR_ALL_PRODUCTS, scratch_path(i == 0 ? "out0" : "out1"), false, &settled, &fault) != CLR_OK)
            fail_msg("settle: %s", fault.en);
        clr_settled_free(&settled);
    }
    const struct seen seen = see(stores[0], "ABCDEFGHI");
    expect_same("after decisions", stores[1], &seen);
    for (size_t i = 0; i < 2; i++) clr_store_close(stores[i]);
}

/* ---- what fails ---- */

static void a_dry_run_keeps_nothing(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = MAP };
    const struct clr_maintain_options dry = { .dry_run = true };
    struct clr_store *const store = world_store("dry", &options);
    struct clr_maintained done;
    struct clr_fault fault = { 0 };
    (void)state;
    fill(store, 9, false);
    const struct seen before = see(store, "ABCDEFGHI");
    const size_t runs = store->run_count;
    assert_int_equal(clr_maintain(store, &dry, &done, &fault), CLR_OK);
    assert_int_equal(done.merges, 1);
    assert_true(done.runs_after < runs);
    assert_int_equal(store->run_count, runs);
    expect_same("dry run", store, &before);
    clr_store_close(store);
}

static void stopped(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = MAP };
    struct clr_store *const store = world_store("stopped", &options);
    (void)state;
    fill(store, 9, false);
    const struct seen before = see(store, "ABCDEFGHI");
    const size_t runs = store->run_count;
    clr_stop_request();
    const struct clr_maintained done = maintain("stopped", store, CLR_STOPPED);
    clr_stop_clear();
    assert_int_equal(done.end, CLR_MAINTAIN_STOPPED);
    assert_int_equal(store->run_count, runs);
    expect_same("stopped", store, &before);
    assert_int_equal(maintain("gone on", store, CLR_OK).merges, 1);
    expect_same("gone on", store, &before);
    clr_store_close(store);
}

static void no_room(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = UINT64_C(64) << 20 };
    struct clr_store *store = world_store("room", &options);
    struct clr_fault fault = { 0 };
    struct clr_maintained done;
    struct clr_summary summary;
    (void)state;
    for (unsigned i = 0; i < 10; i++) ingest(store, one_card("hot.csv", 4000 * i, 4000), false, NULL);
    assert_int_equal(clr_summary_read(store, &summary, &fault), CLR_OK);
    const struct clr_store_options tight = { .threads = 2, .map_size = (summary.live_bytes + summary.free_bytes + (UINT64_C(256) << 10)) & ~UINT64_C(4095) };
    clr_summary_free(&summary);
    const size_t runs = store->run_count;
    clr_store_close(store);
    assert_int_equal(clr_store_open(scratch_path("room"), &tight, &store, &fault), CLR_OK);
    const struct seen before = see(store, "ABCDEFGHI");
    done = maintain("no room", store, CLR_FULL);
    assert_int_equal(done.end, CLR_MAINTAIN_NO_ROOM);
    assert_non_null(strstr(done.fault.en, "room"));
    assert_int_equal(store->run_count, runs);
    expect_same("no room", store, &before);
    ingest(store, world_trades("more.csv", 77, 50), true, &done);          /* comes in all the same */
    assert_int_equal(done.end, CLR_MAINTAIN_NO_ROOM);
    assert_int_equal(store->run_count, runs + 1);
    clr_store_close(store);
}

/** A flipped bit must not get a new checksum by being written again. */
static void damage_is_not_covered(void **state)
{
    const struct clr_store_options options = { .threads = 2, .map_size = MAP };
    struct clr_store *const store = world_store("damaged", &options);
    struct clr_tx tx;
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    (void)state;
    fill(store, 9, false);
    const size_t runs = store->run_count;
    clr_segment_key(store->run[3]->id, store->run[3]->part[0].partition, 0, key);
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    MDB_val k = { sizeof key, key }, v;
    assert_int_equal(mdb_get(tx.txn, store->env.dbi[CLR_TABLE_row], &k, &v), 0);
    uint8_t *const copy = malloc(v.mv_size);
    memcpy(copy, v.mv_data, v.mv_size);
    copy[v.mv_size - 24] ^= 1;                             /* in the packed rows */
    MDB_val changed = { v.mv_size, copy };
    assert_int_equal(mdb_put(tx.txn, store->env.dbi[CLR_TABLE_row], &k, &changed, 0), 0);
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
    free(copy);
    maintain("damaged", store, CLR_DAMAGED);
    assert_int_equal(store->run_count, runs);
    for (size_t i = 0; i < runs; i++) assert_int_equal(store->run[i]->state, CLR_RUN_READY);
    clr_store_close(store);
}

static void an_allocation_fails(void **state)
{
    const struct clr_store_options options = { .threads = 1, .map_size = MAP, .subcommit_bytes = 30000 };
    struct clr_store *const store = world_store("memory", &options);
    const struct clr_maintain_options now = { .dry_run = false };
    struct clr_fault fault = { 0 };
    enum clr_status status = CLR_FULL;
    unsigned failures = 0;
    (void)state;
    fill(store, 9, false);
    const struct seen before = see(store, "ABCDEFGHI");
    for (int n = 0; status != CLR_OK; n += 1 + n / 16, failures++) {
        struct clr_maintained done;
        if (n > 100000) fail_msg("never through");
        allocations_left = n;
        status = clr_maintain(store, &now, &done, &fault);
        allocations_left = NEVER;
        if (status != CLR_OK && status != CLR_FULL) fail_msg("allocation %d: %s", n, clr_status_text(status));
        /* A merge is whole or has not been; what is asked stays the same. */
        if (failures % 8 == 0 || status == CLR_OK) expect_same("an allocation failed", store, &before);
        if (store->run_count == 1) break;
    }
    assert_true(failures > 20);
    expect_same("at last", store, &before);
    clr_store_close(store);
}

static int open_folder(void **state)
{
    if (scratch_open(state) != 0) return 1;
    world_use(scratch_folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changes), cmocka_unit_test(a_partition_larger_than_a_part), cmocka_unit_test(merged_or_not_is_one),
        cmocka_unit_test(later_verdicts_find_their_rows), cmocka_unit_test(a_dry_run_keeps_nothing), cmocka_unit_test(stopped), cmocka_unit_test(no_room),
        cmocka_unit_test(damage_is_not_covered), cmocka_unit_test(an_allocation_fails),
    };
    return cmocka_run_group_tests(tests, open_folder, scratch_close);
}
