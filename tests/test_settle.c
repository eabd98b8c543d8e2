/* Settlement on small real stores: what is paid, when it is refused, and what a cut-off or repeated settle leaves. */
#include "scratch.h"

#include <sys/stat.h>

#include "clear/cell.h"
#include "clr.h"
#include "settle/settle.h"
#include "settle/windows.h"
#include "store/events.h"
#include "store/files.h"
#include "store/store.h"

#define DAY(text) clr_day_parse(clr_bytes_text(text))
#define RULES CLR_FIXTURES "/rules/shenzhen"

static char store_path[PATH_MAX], out_path[PATH_MAX];

/* ---- a store for each test ---- */

static struct clr_store *open_store(void)
{
    const struct clr_store_options options = { .threads = 2, .map_size = UINT64_C(1) << 28, .memory = UINT64_C(64) << 20 };
    struct clr_fault fault = { 0 };
    struct clr_store *store;
    if (clr_store_open(store_path, &options, &store, &fault) != CLR_OK) fail_msg("open: %s", fault.en);
    return store;
}

static struct clr_store *new_store(const char *name)
{
    const struct clr_store_options options = { .map_size = UINT64_C(1) << 28 };
    struct clr_rules_loaded loaded;
    struct clr_fault fault = { 0 };
    snprintf(store_path, sizeof store_path, "%s", scratch_path(name));
    assert_true(snprintf(out_path, sizeof out_path, "%s.out", store_path) < (int)sizeof out_path);
    assert_int_equal(clr_store_create(store_path, &options, &fault), CLR_OK);
    struct clr_store *const store = open_store();
    if (clr_rules_load(store, RULES, false, &loaded, &fault) != CLR_OK) fail_msg("rules: %s", fault.en);
    return store;
}

struct trade { const char *day, *close, *company; unsigned price_fen, paid_fen, count; };

/** A file of trades, each of another card. `seed` keeps the cards of two files apart. */
static void ingest(struct clr_store *store, const char *name, const char *stamp, unsigned seed, const struct trade *trade, size_t trade_count)
{
    char path[PATH_MAX];
    struct clr_fault fault = { 0 };
    struct clr_ingest_result result;
    const struct clr_ingest_options options = { .received_at = clr_time_parse(clr_bytes_text(stamp)), .archive = CLR_ARCHIVE_NONE };
    const char *paths[1] = { path };
    snprintf(path, sizeof path, "%s", scratch_path(name));
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs("deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n", file);
    for (size_t t = 0; t < trade_count; t++) {
        for (unsigned i = 0; i < trade[t].count; i++, seed++) {
            char card[10];
            unsigned left = seed;
            for (unsigned k = 0; k < 8; k++, left /= 10) card[k] = (char)('A' + left % 10);
            card[8] = '\0';
            fprintf(file, "%s 08:00:%02u,%s 00:00:00,%s,%u,地铁出站,%s,X-1,站,0,%u,%u\n", trade[t].day, i % 60, trade[t].close, card, trade[t].price_fen,
                    trade[t].company, trade[t].paid_fen, 260000000 + seed);
        }
    }
    assert_int_equal(fclose(file), 0);
    if (clr_ingest(store, &clr_codecs, &options, paths, 1, &result, &fault) != CLR_OK) fail_msg("ingest: %s", fault.en);
    if (result.worst != CLR_OK) fail_msg("%s refused: %s", name, result.file[0].fault.en);
    clr_ingest_result_free(&result);
}

static const struct trade first_day[] = {
    { "2018-09-01", "2018-09-01", "地铁五号线", 500, 475, 7 }, { "2018-09-01", "2018-09-01", "地铁三号线", 300, 285, 5 },
};

static void settle_ok(struct clr_store *store, const char *day, struct clr_settled *settled)
{
    struct clr_fault fault = { 0 };
    if (clr_settle(store, DAY(day), CLR_ALL_PRODUCTS, out_path, false, settled, &fault) != CLR_OK) fail_msg("settle %s: %s", day, fault.en);
    for (size_t i = 0; i < settled->invariant_count; i++)
        if (!settled->invariant[i].held) fail_msg("%s: %s", settled->invariant[i].name, settled->invariant[i].detail);
}

static clr_fen net_of(const struct clr_ledger *ledger, const char *code, const char *window)
{
    for (size_t i = 0; i < ledger->position_count; i++)
        if (strcmp(ledger->position[i].who.code, code) == 0 && ledger->position[i].window == DAY(window)) return ledger->position[i].net_fen;
    fail_msg("%s has no position in %s", code, window);
    return 0;
}

static clr_fen sum_of(const struct clr_ledger *ledger)
{
    clr_fen sum = 0;
    for (size_t i = 0; i < ledger->position_count; i++) sum += ledger->position[i].net_fen;
    return sum;
}

static struct clr_positions positions_of(struct clr_store *store, const char *day, uint32_t as_of)
{
    const struct clr_positions_filter filter = { .date = day == NULL ? CLR_DAY_NONE : DAY(day), .product = CLR_ALL_PRODUCTS, .level = CLR_LEVEL_MEMBER,
                                                 .as_of_admission = as_of };
    struct clr_positions positions;
    struct clr_fault fault = { 0 };
    if (clr_positions_read(store, &filter, &positions, &fault) != CLR_OK) fail_msg("positions: %s", fault.en);
    return positions;
}

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

/** Whole text of one output. */
static char *output_text(const struct clr_settled *settled, size_t which)
{
    struct scratch_bytes bytes = scratch_read(settled->output[which].path);
    bytes.data[bytes.size] = '\0';
    return (char *)bytes.data;
}

/** Same windows, transfers and outputs, to the byte. */
static void expect_same(const struct clr_settled *a, const struct clr_settled *b)
{
    assert_int_equal(a->window_count, b->window_count);
    if (a->window_count > 0) assert_memory_equal(a->window, b->window, a->window_count * sizeof *a->window);
    assert_int_equal(a->transfer_count, b->transfer_count);
    for (size_t i = 0; i < a->transfer_count; i++) {
        assert_string_equal(a->transfer[i].id, b->transfer[i].id);
        assert_string_equal(a->transfer[i].payer.code, b->transfer[i].payer.code);
        assert_string_equal(a->transfer[i].payee.code, b->transfer[i].payee.code);
        assert_int_equal(a->transfer[i].amount_fen, b->transfer[i].amount_fen);
    }
    assert_int_equal(a->output_count, b->output_count);
    for (size_t i = 0; i < a->output_count; i++) {
        assert_string_equal(a->output[i].path, b->output[i].path);
        assert_memory_equal(a->output[i].digest, b->output[i].digest, CLR_DIGEST_SIZE);
    }
}

static void digest_of(struct clr_store *store, uint8_t digest[CLR_DIGEST_SIZE])
{
    uint64_t records;
    assert_int_equal(clr_digest(store, digest, &records, NULL), CLR_OK);
}

/* ---- what is paid ---- */

static void pays_members_through_the_centre(void **state)
{
    struct clr_store *const store = new_store("pays");
    struct clr_settled settled;
    (void)state;
    ingest(store, "pays.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    settle_ok(store, "2018-09-01", &settled);
    assert_false(settled.already);
    assert_int_equal(settled.window_count, 1);
    assert_int_equal(settled.window[0].from, CLR_WINDOW_OPEN);
    assert_int_equal(settled.window[0].to, CLR_WINDOW_SETTLED);
    assert_int_equal(net_of(&settled.members, "metro-5", "2018-09-01"), 7 * 475);
    assert_int_equal(net_of(&settled.members, "metro-3", "2018-09-01"), 5 * 285);
    assert_int_equal(net_of(&settled.members, "shenzhentong", "2018-09-01"), -(7 * 475 + 5 * 285));
    assert_int_equal(sum_of(&settled.members), 0);
    assert_int_equal(settled.transfer_count, 3);
    assert_int_equal(settled.bilateral_count, 2);
    assert_int_equal(settled.invariant_count, 6);
    assert_int_equal(settled.output_count, 6);
    char *const transfers = output_text(&settled, 3);
    assert_non_null(strstr(transfers, "transit-20180901-0001,transit,2018-09-01,shenzhen-centre,metro-3,"));
    assert_non_null(strstr(transfers, ",3325,2018-09-03\n"));
    free(transfers);
    clr_settled_free(&settled);
    clr_store_close(store);
}

static void late_record_falls_into_the_next_window(void **state)
{
    static const struct trade late[] = { { "2018-09-01", "2018-09-01", "地铁五号线", 500, 475, 3 } };
    struct clr_store *const store = new_store("late");
    struct clr_settled settled, second;
    (void)state;
    ingest(store, "late1.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    settle_ok(store, "2018-09-01", &settled);
    ingest(store, "late2.csv", "2018-09-02T10:00:00+08:00", 100, late, 1);
    struct clr_positions positions = positions_of(store, NULL, 0);
    assert_int_equal(positions.window_count, 2);
    assert_int_equal(positions.window[0].state, CLR_WINDOW_SETTLED);
    assert_int_equal(positions.window[1].state, CLR_WINDOW_OPEN);
    assert_int_equal(net_of(&positions.ledger, "metro-5", "2018-09-01"), 7 * 475);
    assert_int_equal(net_of(&positions.ledger, "metro-5", "2018-09-02"), 3 * 475);
    clr_positions_free(&positions);
    settle_ok(store, "2018-09-02", &second);
    assert_int_equal(second.window_count, 1);
    assert_int_equal(second.window[0].window, DAY("2018-09-02"));
    assert_int_equal(net_of(&second.members, "shenzhentong", "2018-09-02"), -3 * 475);
    clr_settled_free(&second);
    clr_settled_free(&settled);
    clr_store_close(store);
}

static void several_days_close_together(void **state)
{
    static const struct trade days[] = {
        { "2018-09-01", "2018-09-01", "地铁五号线", 500, 475, 1 }, { "2018-09-02", "2018-09-02", "地铁五号线", 500, 475, 2 },
        { "2018-09-03", "2018-09-03", "地铁五号线", 500, 475, 4 },
    };
    struct clr_store *const store = new_store("several");
    struct clr_settled settled;
    (void)state;
    ingest(store, "several.csv", "2018-09-03T23:00:00+08:00", 0, days, 3);
    settle_ok(store, "2018-09-02", &settled);
    assert_int_equal(settled.window_count, 2);
    assert_int_equal(net_of(&settled.members, "metro-5", "2018-09-02"), 2 * 475);
    clr_settled_free(&settled);
    struct clr_positions positions = positions_of(store, "2018-09-03", 0);
    assert_int_equal(positions.window_count, 1);
    assert_int_equal(positions.window[0].state, CLR_WINDOW_OPEN);
    assert_int_equal(positions.window[0].count, 4);
    assert_int_equal(positions.window[0].amount_fen, 4 * 475);
    clr_positions_free(&positions);
    clr_store_close(store);
}

/* ---- nothing, again, another ---- */

static void nothing_to_settle_closes_the_days(void **state)
{
    struct clr_store *const store = new_store("nothing");
    struct clr_settled settled, again, earlier;
    (void)state;
    settle_ok(store, "2018-09-05", &settled);
    assert_false(settled.already);
    assert_int_equal(settled.window_count, 0);
    assert_int_equal(settled.transfer_count, 0);
    assert_int_equal(settled.output_count, 6);
    settle_ok(store, "2018-09-05", &again);
    assert_true(again.already);
    expect_same(&settled, &again);
    settle_ok(store, "2018-09-04", &earlier);
    assert_true(earlier.already);
    assert_int_equal(earlier.window_count, 0);
    ingest(store, "nothing.csv", "2018-09-06T01:00:00+08:00", 0, first_day, 2);       /* its days are closed, though they never held anything */
    struct clr_positions positions = positions_of(store, NULL, 0);
    assert_int_equal(positions.window_count, 1);
    assert_int_equal(positions.window[0].window, DAY("2018-09-06"));
    clr_positions_free(&positions);
    clr_settled_free(&earlier);
    clr_settled_free(&again);
    clr_settled_free(&settled);
    clr_store_close(store);
}

static void settled_twice_is_settled_once(void **state)
{
    struct clr_store *store = new_store("twice");
    struct clr_settled settled, again;
    uint8_t before[CLR_DIGEST_SIZE], after[CLR_DIGEST_SIZE];
    (void)state;
    ingest(store, "twice.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    settle_ok(store, "2018-09-01", &settled);
    ingest(store, "twice2.csv", "2018-09-02T23:00:00+08:00", 500, first_day, 1);      /* changes nothing of the settlement */
    digest_of(store, before);
    settle_ok(store, "2018-09-01", &again);
    assert_true(again.already);
    expect_same(&settled, &again);
    clr_settled_free(&again);
    assert_int_equal(unlink(settled.output[2].path), 0);                               /* an output that is lost comes back */
    settle_ok(store, "2018-09-01", &again);
    assert_true(exists(settled.output[2].path));
    expect_same(&settled, &again);
    clr_settled_free(&again);
    clr_settled_free(&settled);
    digest_of(store, after);
    assert_memory_equal(before, after, CLR_DIGEST_SIZE);
    clr_store_close(store);
}

static void dry_run_says_the_same_and_keeps_nothing(void **state)
{
    struct clr_store *const store = new_store("dry");
    struct clr_settled trial, settled;
    uint8_t before[CLR_DIGEST_SIZE], after[CLR_DIGEST_SIZE];
    (void)state;
    ingest(store, "dry.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    digest_of(store, before);
    assert_int_equal(clr_settle(store, DAY("2018-09-01"), CLR_ALL_PRODUCTS, out_path, true, &trial, NULL), CLR_OK);
    digest_of(store, after);
    assert_memory_equal(before, after, CLR_DIGEST_SIZE);
    assert_false(exists(out_path));
    settle_ok(store, "2018-09-01", &settled);
    assert_false(settled.already);
    expect_same(&trial, &settled);
    assert_string_equal(trial.members.position[0].who.code, settled.members.position[0].who.code);
    clr_settled_free(&settled);
    clr_settled_free(&trial);
    clr_store_close(store);
}

static void one_product_has_a_set_of_its_own(void **state)
{
    struct clr_store *const store = new_store("product");
    struct clr_settled transit, all;
    struct clr_fault fault = { 0 };
    (void)state;
    ingest(store, "product.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    assert_int_equal(clr_settle(store, DAY("2018-09-01"), CLR_PRODUCT_TRANSIT, out_path, false, &transit, &fault), CLR_OK);
    assert_int_equal(transit.window_count, 1);
    settle_ok(store, "2018-09-01", &all);
    assert_false(all.already);
    assert_int_equal(all.window_count, 0);
    assert_string_not_equal(transit.output[0].path, all.output[0].path);
    assert_true(exists(transit.output[0].path));
    clr_settled_free(&all);
    clr_settled_free(&transit);
    clr_store_close(store);
}

/* ---- cut off ---- */

static void cut_off_between_transitions_goes_on(void **state)
{
    static const enum clr_window_state stops[] = { CLR_WINDOW_CLOSED, CLR_WINDOW_NETTED, CLR_WINDOW_INSTRUCTED };
    uint8_t want[CLR_DIGEST_SIZE], got[CLR_DIGEST_SIZE];
    struct clr_settled whole, settled;
    struct clr_store *store = new_store("whole");
    (void)state;
    ingest(store, "cut.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    settle_ok(store, "2018-09-01", &whole);
    digest_of(store, want);
    for (size_t i = 0; i < 2 * (sizeof stops / sizeof *stops); i++) {
        char name[32];
        const bool reopened = i % 2 == 1;
        struct clr_store *cut;
        snprintf(name, sizeof name, "cut%zu", i);
        cut = new_store(name);
        ingest(cut, "cut.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
        if (clr_settle_until(cut, DAY("2018-09-01"), CLR_ALL_PRODUCTS, out_path, stops[i / 2], &settled, NULL) != CLR_STOPPED) fail_msg("%s does not stop", name);
        clr_settled_free(&settled);
        struct clr_positions positions = positions_of(cut, "2018-09-01", 0);
        assert_int_equal(positions.window[0].state, stops[i / 2]);
        clr_positions_free(&positions);
        if (reopened) {
            clr_store_close(cut);
            cut = open_store();
        }
        settle_ok(cut, "2018-09-01", &settled);
        assert_false(settled.already);
        digest_of(cut, got);
        if (memcmp(want, got, sizeof want) != 0) fail_msg("%s: another store", name);
        for (size_t k = 0; k < 6; k++)
            if (memcmp(whole.output[k].digest, settled.output[k].digest, CLR_DIGEST_SIZE) != 0) fail_msg("%s: another %s", name, settled.output[k].path);
        clr_settled_free(&settled);
        clr_store_close(cut);
    }
    clr_settled_free(&whole);
    clr_store_close(store);
}

static void cut_off_one_is_finished_before_another(void **state)
{
    struct clr_store *const store = new_store("before");
    struct clr_settled settled;
    (void)state;
    ingest(store, "before.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    assert_int_equal(clr_settle_until(store, DAY("2018-09-01"), CLR_ALL_PRODUCTS, out_path, CLR_WINDOW_NETTED, &settled, NULL), CLR_STOPPED);
    clr_settled_free(&settled);
    settle_ok(store, "2018-09-03", &settled);
    assert_int_equal(settled.window_count, 0);
    clr_settled_free(&settled);
    struct clr_positions positions = positions_of(store, "2018-09-01", 0);
    assert_int_equal(positions.window[0].state, CLR_WINDOW_SETTLED);
    clr_positions_free(&positions);
    settle_ok(store, "2018-09-01", &settled);
    assert_true(settled.already);
    assert_int_equal(settled.window_count, 1);
    clr_settled_free(&settled);
    clr_store_close(store);
}

/* ---- refused ---- */

/** Add one fen to what stands in a table under the first key, past the trailers' knowledge of what is right. */
static void shift_one_fen(struct clr_store *store, enum clr_table table)
{
    struct clr_tx tx;
    struct clr_scan scan;
    struct clr_bytes key, value;
    struct clr_cell_sum sum;
    uint8_t kept[64], packed[CLR_CELL_SUM_SIZE];
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_scan_open(&tx, table, NULL, 0, &scan, NULL), CLR_OK);
    assert_int_equal(clr_scan_next(&scan, &key, &value, NULL), CLR_OK);
    memcpy(kept, key.data, key.size);
    clr_cell_sum_unpack(value.data, &sum);
    clr_scan_close(&scan);
    sum.amount_fen++;
    clr_cell_sum_pack(&sum, packed);
    assert_int_equal(clr_tx_put(&tx, table, kept, key.size, packed, sizeof packed, NULL), CLR_OK);
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
}

static void one_fen_off_publishes_nothing(void **state)
{
    static const struct { const char *name; enum clr_table table; } cases[] = { { "position", CLR_TABLE_pos }, { "delta", CLR_TABLE_delta } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_store *const store = new_store(cases[i].name);
        struct clr_settled settled;
        struct clr_fault fault = { 0 };
        ingest(store, "off.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
        shift_one_fen(store, cases[i].table);
        if (clr_settle(store, DAY("2018-09-01"), CLR_ALL_PRODUCTS, out_path, false, &settled, &fault) != CLR_UNBALANCED) fail_msg("%s passes", cases[i].name);
        assert_non_null(strstr(fault.en, "positions-equal-deltas"));
        assert_non_null(strstr(fault.zh, "positions-equal-deltas"));
        assert_int_equal(settled.invariant_count, 6);
        assert_false(settled.invariant[2].held);
        assert_int_equal(settled.output_count, 0);
        clr_settled_free(&settled);
        char set[PATH_MAX + 16];
        snprintf(set, sizeof set, "%s/2018-09-01", out_path);
        assert_false(exists(set));
        struct clr_positions positions = positions_of(store, "2018-09-01", 0);
        assert_int_equal(positions.window[0].state, CLR_WINDOW_OPEN);
        clr_positions_free(&positions);
        clr_store_close(store);
    }
}

static void file_that_does_not_add_up_publishes_nothing(void **state)
{
    struct clr_store *const store = new_store("figures");
    struct clr_settled settled;
    struct clr_file file;
    struct clr_tx tx;
    (void)state;
    ingest(store, "figures.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_file_get(&tx, 1, &file, NULL), CLR_OK);
    file.current.verdict[CLR_VERDICT_ACCEPTED].amount_fen--;
    assert_int_equal(clr_file_put(&tx, &file, NULL), CLR_OK);
    clr_file_free(&file);
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
    assert_int_equal(clr_settle(store, DAY("2018-09-01"), CLR_ALL_PRODUCTS, out_path, false, &settled, NULL), CLR_UNBALANCED);
    assert_false(settled.invariant[5].held);
    clr_settled_free(&settled);
    clr_store_close(store);
}

static void an_edited_journal_is_damage(void **state)
{
    struct clr_store *const store = new_store("edited");
    struct clr_settled settled;
    struct clr_tx tx;
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t kept[32];
    size_t size;
    (void)state;
    ingest(store, "edited.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    settle_ok(store, "2018-09-01", &settled);
    clr_settled_free(&settled);
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_scan_open(&tx, CLR_TABLE_jrnl, NULL, 0, &scan, NULL), CLR_OK);
    assert_int_equal(clr_scan_next(&scan, &key, &value, NULL), CLR_OK);
    size = key.size;
    memcpy(kept, key.data, size);
    clr_scan_close(&scan);
    assert_int_equal(clr_tx_delete(&tx, CLR_TABLE_jrnl, kept, size, NULL), CLR_OK);
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
    assert_int_equal(clr_settle(store, DAY("2018-09-01"), CLR_ALL_PRODUCTS, out_path, false, &settled, NULL), CLR_DAMAGED);
    clr_settled_free(&settled);
    clr_store_close(store);
}

static void bad_arguments_change_nothing(void **state)
{
    struct clr_store *const store = new_store("arguments");
    const char *const file = scratch_write("a-file", "x", 1);
    const struct { const char *name; clr_day day; int product; const char *directory; enum clr_status want; } cases[] = {
        { "no day", CLR_DAY_NONE, CLR_ALL_PRODUCTS, out_path, CLR_USAGE },
        { "product below", DAY("2018-09-01"), -2, out_path, CLR_USAGE },
        { "product above", DAY("2018-09-01"), CLR_PRODUCT_COUNT, out_path, CLR_USAGE },
        { "directory is a file", DAY("2018-09-01"), CLR_ALL_PRODUCTS, file, CLR_USAGE },
        { "no directory name", DAY("2018-09-01"), CLR_ALL_PRODUCTS, "", CLR_USAGE },
    };
    uint8_t before[CLR_DIGEST_SIZE], after[CLR_DIGEST_SIZE];
    (void)state;
    ingest(store, "arguments.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    digest_of(store, before);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_settled settled;
        struct clr_fault fault = { 0 };
        if (clr_settle(store, cases[i].day, cases[i].product, cases[i].directory, false, &settled, &fault) != cases[i].want) fail_msg("%s", cases[i].name);
        if (fault.en[0] == '\0' || fault.zh[0] == '\0') fail_msg("%s: nothing said", cases[i].name);
        clr_settled_free(&settled);
        digest_of(store, after);
        if (memcmp(before, after, sizeof before) != 0) fail_msg("%s: the store changed", cases[i].name);
    }
    clr_store_close(store);
}

/* ---- reading ---- */

static void positions_as_of_an_admission(void **state)
{
    struct clr_store *const store = new_store("as-of");
    const struct clr_positions_filter unknown = { .date = CLR_DAY_NONE, .product = CLR_ALL_PRODUCTS, .as_of_admission = 9 };
    struct clr_positions positions;
    (void)state;
    ingest(store, "as-of1.csv", "2018-09-01T20:00:00+08:00", 0, first_day, 1);
    ingest(store, "as-of2.csv", "2018-09-01T21:00:00+08:00", 100, first_day, 2);
    positions = positions_of(store, NULL, 1);
    assert_int_equal(net_of(&positions.ledger, "metro-5", "2018-09-01"), 7 * 475);
    assert_int_equal(net_of(&positions.ledger, "shenzhentong", "2018-09-01"), -7 * 475);
    clr_positions_free(&positions);
    positions = positions_of(store, NULL, 2);
    assert_int_equal(net_of(&positions.ledger, "metro-5", "2018-09-01"), 14 * 475);
    clr_positions_free(&positions);
    assert_int_equal(clr_positions_read(store, &unknown, &positions, NULL), CLR_NOT_FOUND);
    clr_store_close(store);
}

static void events_are_seen_by_the_admissions_after_them(void **state)
{
    static const struct { const char *name; uint32_t admission; uint64_t want; } cases[] = {
        { "noted", 3, 5 }, { "not noted: the next one", 4, 9 }, { "before all", 1, 5 }, { "noted later", 7, 9 }, { "after all", 8, UINT64_MAX },
    };
    struct clr_store *const store = new_store("seen");
    struct clr_tx tx;
    (void)state;
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_events_note(&tx, 3, 5, NULL), CLR_OK);
    assert_int_equal(clr_events_note(&tx, 7, 9, NULL), CLR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t event;
        assert_int_equal(clr_events_seen(&tx, cases[i].admission, &event, NULL), CLR_OK);
        if (event != cases[i].want) fail_msg("%s", cases[i].name);
    }
    clr_tx_abort(&tx);
    clr_store_close(store);
}

static void summary_and_hours(void **state)
{
    struct clr_store *const store = new_store("summary");
    struct clr_summary summary;
    struct clr_profile profile;
    (void)state;
    assert_int_equal(clr_summary_read(store, &summary, NULL), CLR_OK);
    assert_true(summary.balanced);
    assert_int_equal(summary.window_count, 0);
    assert_true(summary.last_stamp == CLR_TIME_NONE);
    clr_summary_free(&summary);
    ingest(store, "summary.csv", "2018-09-01T23:00:00+08:00", 0, first_day, 2);
    assert_int_equal(clr_summary_read(store, &summary, NULL), CLR_OK);
    assert_int_equal(summary.file_count, 1);
    assert_string_equal(summary.file[0].name, "summary.csv");
    assert_int_equal(summary.totals.records, 12);
    assert_int_equal(summary.window_count, 1);
    assert_int_equal(summary.window[0].count, 12);
    assert_int_equal(summary.unfinished_files, 0);
    assert_true(summary.live_bytes > 0 && summary.map_bytes == UINT64_C(1) << 28);
    clr_summary_free(&summary);
    assert_int_equal(clr_profile_read(store, CLR_PRODUCT_TRANSIT, DAY("2018-09-01"), &profile, NULL), CLR_OK);
    assert_int_equal(profile.count[8], 12);
    assert_int_equal(profile.amount_fen[8], 7 * 475 + 5 * 285);
    assert_int_equal(profile.count[7] + profile.count[9], 0);
    assert_int_equal(clr_profile_read(store, CLR_PRODUCT_VESSEL, DAY("2018-09-01"), &profile, NULL), CLR_OK);
    assert_int_equal(profile.count[8], 0);
    assert_int_equal(clr_profile_read(store, CLR_ALL_PRODUCTS, DAY("2018-09-02"), &profile, NULL), CLR_OK);
    assert_int_equal(profile.count[8], 0);
    clr_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pays_members_through_the_centre),
        cmocka_unit_test(late_record_falls_into_the_next_window),
        cmocka_unit_test(several_days_close_together),
        cmocka_unit_test(nothing_to_settle_closes_the_days),
        cmocka_unit_test(settled_twice_is_settled_once),
        cmocka_unit_test(dry_run_says_the_same_and_keeps_nothing),
        cmocka_unit_test(one_product_has_a_set_of_its_own),
        cmocka_unit_test(cut_off_between_transitions_goes_on),
        cmocka_unit_test(cut_off_one_is_finished_before_another),
        cmocka_unit_test(one_fen_off_publishes_nothing),
        cmocka_unit_test(file_that_does_not_add_up_publishes_nothing),
        cmocka_unit_test(an_edited_journal_is_damage),
        cmocka_unit_test(bad_arguments_change_nothing),
        cmocka_unit_test(positions_as_of_an_admission),
        cmocka_unit_test(events_are_seen_by_the_admissions_after_them),
        cmocka_unit_test(summary_and_hours),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
