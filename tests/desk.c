#include "desk.h"

#include "settle/windows.h"
#include "store/events.h"
#include "store/files.h"
#include "store/vmap.h"

#define MAP_SIZE (UINT64_C(1) << 28)

/* ---- rules ---- */

#define HEAD "code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to\n"
#define PARTIES                                                                      \
    "hub,centre,transit,,,,,,中心,Hub,,,\n"                                            \
    "card1,issuer,transit,east,,,,,一卡通,Card One,moves.issuer:K1,,\n"                 \
    "card2,issuer,transit,west,,,,,二卡通,Card Two,,,\n"                                \
    "bus,acquirer,transit,east,,,,,公交,Bus,xf160.merchant:000000000000001,,\n"         \
    "metro,acquirer,transit,west,,,,,地铁,Metro,xf160.merchant:000000000000002;moves.company:M2,,\n" \
    "office,agency,transit,east,,,,,代理,Office,,,\n"                                   \
    "east,region,*,,,,,,东区,East,,,\nwest,region,*,,,,,,西区,West,,,\n"
#define MORE_PARTIES                                                                 \
    "card3,issuer,transit,east,,,,,三卡通,Card Three,,,\n"                              \
    "taxi,acquirer,transit,east,,,,,出租,Taxi,xf160.merchant:000000000000003,,\n"
#define CARDS                                                                        \
    "product,format,prefix,length,issuer,valid_from,valid_to\n"                        \
    "transit,xf160,00003131,20,card1,,\ntransit,xf160,00003132,20,card2,,\n"           \
    "transit,moves,3131,16,card1,,\ntransit,moves,3132,16,card2,,\n"
#define MORE_CARDS "transit,xf160,00003133,20,card3,,\ntransit,moves,3133,16,card3,,\n"
#define FEES                                                                         \
    "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n" \
    "transit,*,purchase,*,*,acquirer,amount,txn,10000,,,,500000,200000,return,,\n"
#define SENDERS(tac)                                                                                                                       \
    "[X]\nmatch = X*\nfile_name = warn\n[W]\nmatch = W*\nfile_name = warn\ntac_unverified = " tac "\n[office]\nmatch = moves*\n"
#define WINDOWS(limit)                                                               \
    "[transit]\namount_max_fen = " limit "\n"                                          \
    "[transit.gray]\ndeadline_days = 5\nat_deadline = reject\n"                        \
    "[transit.unknown-participant]\ndeadline_days = 30\nat_deadline = reject\n"        \
    "[transit.amount-limit]\ndeadline_days = 3\nat_deadline = accept\n"                \
    "[transit.tac-unverified]\ndeadline_days = 10\nat_deadline = accept\n"             \
    "[transit.refund-without-original]\ndeadline_days = 7\nat_deadline = reject\n"
#define STOPS "card,status,reason,valid_from,valid_to\n" LOST ",lost,,2026-03-01T00:00:00+08:00,\n"

void desk_use(const char *folder) { snprintf(scratch_folder, sizeof scratch_folder, "%s", folder); }

static void write_rules(const char *name, const char *parties, const char *cards, const char *senders, const char *windows)
{
    const struct { const char *file, *text;
    } files[] = { { "participants.csv", parties }, { "cards.csv", cards },     { "fees.csv", FEES },
                  { "senders.ini", senders },      { "windows.ini", windows }, { "status_list.csv", STOPS } };
    char path[PATH_MAX];
    if (mkdir(scratch_path(name), 0700) != 0) return;              /* made by an earlier test */
    for (size_t i = 0; i < DESK_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", name, files[i].file);
        scratch_write(path, files[i].text, strlen(files[i].text));
    }
}

static void load_rules(struct desk *desk, const char *name)
{
    struct clr_rules_loaded loaded;
    struct clr_fault fault = { 0 };
    if (clr_rules_load(desk->store, scratch_path(name), false, &loaded, &fault) != CLR_OK)
        fail_msg("rules %s:%lu: %s", fault.path, (unsigned long)fault.line, fault.en);
}

struct desk desk_open(const char *name)
{
    const struct clr_store_options options = { .threads = 2, .map_size = MAP_SIZE, .memory = UINT64_C(64) << 20 };
    struct desk desk = { 0 };
    struct clr_fault fault = { 0 };
    snprintf(desk.path, sizeof desk.path, "%s", scratch_path(name));
    write_rules("rules1", HEAD PARTIES, CARDS, SENDERS("wait"), WINDOWS("5000"));
    if (clr_store_create(desk.path, &options, &fault) != CLR_OK || clr_store_open(desk.path, &options, &desk.store, &fault) != CLR_OK)
        fail_msg("%s: %s", name, fault.en);
    load_rules(&desk, "rules1");
    return desk;
}

void desk_rules2(struct desk *desk)
{
    write_rules("rules2", HEAD PARTIES MORE_PARTIES, CARDS MORE_CARDS, SENDERS("accept"), WINDOWS("9000"));
    load_rules(desk, "rules2");
}

void desk_close(struct desk *desk)
{
    struct clr_verify_report report;
    struct clr_fault fault = { 0 };
    if (clr_verify(desk->store, &report, &fault) != CLR_OK)
        fail_msg("verify: %s", report.problem_count > 0 ? report.problem[0].en : fault.en);
    clr_store_close(desk->store);
}

/* ---- files ---- */

const char *desk_write_taps(const char *name, const struct tap *tap, size_t count)
{
    const char *const path = scratch_path(name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "XF01%08zu%08dFFFFFFFFFFFFFFFFFFFFFFFF\r\n", count, 160);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%08zu%015u%010d%020llu%s%s%s%s%s%06u%010u%08u%08u%s%s%012d%8s%s%02u%sFFFFFF\r\n", i + 1, tap[i].merchant, 7,
                strtoull(tap[i].card, NULL, 10), "01", "00", "00000000", "20200101", "20391231", tap[i].counter,
                tap[i].serial != 0 ? tap[i].serial : tap[i].counter, tap[i].balance_fen, tap[i].amount_fen, tap[i].time, "06", 900001,
                tap[i].tac != NULL ? tap[i].tac : "1A2B3C4D", tap[i].gray ? "01" : "00", tap[i].monthly, "0");
    }
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *desk_write_moves(const char *name, const char *rows)
{
    const char *const path = scratch_path(name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fputs("id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n", file);
    fputs(rows, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

enum clr_status desk_ingest(struct desk *desk, const char *const *paths, size_t count, const char *stamp, bool dry_run,
                            struct clr_ingest_result *out)
{
    const struct clr_ingest_options options = { .received_at = DESK_TIME(stamp), .dry_run = dry_run };
    struct clr_fault fault = { 0 };
    const enum clr_status status = clr_ingest(desk->store, &clr_codecs, &options, paths, count, out, &fault);
    if (status != CLR_OK) print_message("ingest: %s\n", fault.en);
    return status;
}

static uint32_t take(struct desk *desk, const char *path, const char *stamp)
{
    struct clr_ingest_result result;
    assert_int_equal(desk_ingest(desk, &path, 1, stamp, false, &result), CLR_OK);
    if (result.file[0].status != CLR_FILE_OK) fail_msg("%s: %s", path, result.file[0].fault.en);
    const uint32_t admission = result.file[0].admission;
    clr_ingest_result_free(&result);
    return admission;
}

uint32_t desk_taps(struct desk *desk, const char *name, const char *stamp, const struct tap *tap, size_t count)
{
    return take(desk, desk_write_taps(name, tap, count), stamp);
}

uint32_t desk_moves(struct desk *desk, const char *name, const char *stamp, const char *rows)
{
    return take(desk, desk_write_moves(name, rows), stamp);
}

/* ---- verdicts ---- */

struct now { uint64_t reasons; clr_record_id link; };

static struct now now_of(struct desk *desk, uint32_t admission, uint64_t number)
{
    const clr_record_id id = clr_record_id_of(admission, number);
    struct clr_tx tx;
    struct clr_exception first;
    struct clr_event event = { 0 };
    struct clr_bytes value;
    uint64_t reasons, latest;
    clr_day window;
    uint8_t key[8];

    assert_int_equal(clr_tx_begin(&desk->store->env, false, &tx, NULL), CLR_OK);
    if (clr_vmap_get(&tx, id, &first, NULL) != CLR_OK) fail_msg("no record r%u-%lu", admission, (unsigned long)number);
    struct now now = { first.reasons, first.link };
    if (clr_event_latest(&tx, id, &reasons, &latest, &window, NULL) == CLR_OK) {
        clr_put_be64(key, latest);
        assert_int_equal(clr_tx_get(&tx, CLR_TABLE_event, key, sizeof key, &value, NULL), CLR_OK);
        assert_int_equal(clr_event_unpack(clr_bytes_of(key, sizeof key), value, &event), CLR_OK);
        now = (struct now){ reasons, event.link };
        free(event.text);
    }
    clr_tx_abort(&tx);
    return now;
}

static char *turning_buffer(void)
{
    static char buffers[8][512];
    static unsigned turn;
    return buffers[turn++ % 8];
}

const char *desk_says(struct desk *desk, uint32_t admission, uint64_t number)
{
    const uint64_t reasons = now_of(desk, admission, number).reasons;
    char *const text = turning_buffer();
    size_t size = 0;
    text[0] = '\0';
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++)
        if (reasons >> bit & 1) size += (size_t)snprintf(text + size, 512 - size, "%s%s", size > 0 ? " " : "", clr_reason_term(bit).name);
    return text;
}

const char *desk_link(struct desk *desk, uint32_t admission, uint64_t number)
{
    return clr_record_id_text(now_of(desk, admission, number).link, turning_buffer());
}
uint64_t desk_notes(struct desk *desk, uint32_t admission, uint64_t number)
{
    return now_of(desk, admission, number).reasons & CLR_NOTES_ALL;
}

void desk_expect(struct desk *desk, const char *name, uint32_t admission, uint64_t number, const char *reasons)
{
    const char *const says = desk_says(desk, admission, number);
    if (strcmp(says, reasons) != 0) fail_msg("%s (r%u-%lu): [%s] instead of [%s]", name, admission, (unsigned long)number, says, reasons);
}

/* ---- money ---- */

static struct clr_positions positions_of(struct desk *desk, const char *window)
{
    const struct clr_positions_filter filter = { .date = window[0] == '\0' ? CLR_DAY_NONE : DESK_DAY(window),
                                                 .product = CLR_ALL_PRODUCTS,
                                                 .level = CLR_LEVEL_PARTICIPANT };
    struct clr_positions positions;
    struct clr_fault fault = { 0 };
    if (clr_positions_read(desk->store, &filter, &positions, &fault) != CLR_OK) fail_msg("positions: %s", fault.en);
    return positions;
}

clr_fen desk_owes(struct desk *desk, const char *window, const char *payer, const char *payee, enum clr_kind kind)
{
    struct clr_positions positions = positions_of(desk, window);
    clr_fen sum = 0;
    for (size_t i = 0; i < positions.ledger.matrix_count; i++) {
        const struct clr_matrix_row *const row = &positions.ledger.matrix[i];
        if (strcmp(row->payer.code, payer) == 0 && strcmp(row->payee.code, payee) == 0 && row->kind == kind) sum += row->amount_fen;
    }
    clr_positions_free(&positions);
    return sum;
}

clr_fen desk_net(struct desk *desk, const char *window, const char *code)
{
    struct clr_positions positions = positions_of(desk, window);
    clr_fen sum = 0, all = 0;
    for (size_t i = 0; i < positions.ledger.position_count; i++) {
        all += positions.ledger.position[i].net_fen;
        if (strcmp(positions.ledger.position[i].who.code, code) == 0) sum += positions.ledger.position[i].net_fen;
    }
    clr_positions_free(&positions);
    assert_int_equal(all, 0);
    return sum;
}

uint64_t desk_events(struct desk *desk)
{
    struct clr_tx tx;
    uint64_t events;
    assert_int_equal(clr_tx_begin(&desk->store->env, false, &tx, NULL), CLR_OK);
    assert_int_equal(clr_meta_get(&tx, CLR_META_EVENTS, 0, &events, NULL), CLR_OK);
    clr_tx_abort(&tx);
    return events;
}

struct clr_figures desk_figures(struct desk *desk, uint32_t admission, bool first)
{
    struct clr_tx tx;
    struct clr_file file;
    assert_int_equal(clr_tx_begin(&desk->store->env, false, &tx, NULL), CLR_OK);
    assert_int_equal(clr_file_get(&tx, admission, &file, NULL), CLR_OK);
    clr_tx_abort(&tx);
    const struct clr_figures figures = first ? file.first : file.current;
    clr_file_free(&file);
    return figures;
}

/* ---- settlement's parts ---- */

struct clr_reexamined desk_reexamine(struct desk *desk, const char *day)
{
    struct clr_tx tx;
    struct clr_fault fault = { 0 };
    struct clr_reexamined out;
    assert_int_equal(clr_tx_begin(&desk->store->env, true, &tx, &fault), CLR_OK);
    if (clr_reexamine(desk->store, &tx, DESK_DAY(day), CLR_ALL_PRODUCTS, &out, &fault) != CLR_OK) fail_msg("re-examination: %s", fault.en);
    assert_int_equal(clr_tx_commit(&tx, &fault), CLR_OK);
    return out;
}

void desk_close_windows(struct desk *desk, const char *day)
{
    struct clr_tx tx;
    assert_int_equal(clr_tx_begin(&desk->store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_closed_through_put(&tx, CLR_PRODUCT_TRANSIT, DESK_DAY(day), NULL), CLR_OK);
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
}
