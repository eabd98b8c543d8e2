#include "query_world.h"

void query_use(const char *folder) { snprintf(scratch_folder, sizeof scratch_folder, "%s", folder); }

#define HEADER "1001" "%-10u" "316     " "                        " "\n"
#define HEADER_SIZE 47
#define R(name) CLR_REASON_MASK(name)

/* Offsets: card 12, pan 32, inner 51, before 71, amount 79, after 87, type 95, serial 129, lock 138, date 147, tac 161, city 193, city of card 197,
 * unit 201, consumption 261, test 276. */
const struct query_row query_rows[] = {
    { "accepted", 0, 0, NULL, { { 173, "0001" }, { 129, "000000001" } } },
    { "the same again", R(DUPLICATE_IN_FILE), 1, "duplicate-in-file", { { 173, "0001" }, { 129, "000000001" } } },
    { "another amount", R(CONFLICT), 1, "conflict", { { 173, "0001" }, { 129, "000000001" }, { 79, "0000012C" }, { 87, "000002BC" } } },
    { "another terminal serial", R(COUNTER_CONFLICT), 1, "counter-conflict", { { 173, "0001" }, { 129, "000000777" } } },
    { "amount is no number", R(MALFORMED), 0, "form", { { 79, "00ZZ00C8" } } },
    { "line too short", R(MALFORMED), 0, "form", { { 0, "SHORT" } } },
    { "a test", R(TEST_RECORD), 0, "test-record", { { 276, "1" } } },
    { "type 05", R(UNKNOWN_TYPE), 0, "unknown-type", { { 95, "05" } } },
    { "30 February", R(BAD_DATE), 0, "bad-date", { { 147, "20260230" } } },
    { "three months old", R(TOO_LATE), 0, "too-late", { { 147, "20251201" } } },
    { "balances differ", R(ARITHMETIC), 0, "arithmetic", { { 87, "00000321" } } },
    { "printed number differs", R(FIELD_MISMATCH), 0, "field-mismatch", { { 32, "3131200000000099999" } } },
    { "no TAC", R(TAC_ABSENT), 0, "tac-absent", { { 161, "        " } } },
    { "on the stop list", R(CARD_STATUS), 0, "card-status", { { 12, "3131200000000000033" }, { 32, "3131200000000000033" }, { 51, "1200000000000033" } } },
    { "nobody's unit", R(UNKNOWN_PARTICIPANT), 0, "acquirer", { { 201, "99999901" }, { 193, "9999" } } },
    { "two issuers", R(ISSUER_MISMATCH), 0, "issuer-mismatch", { { 197, "3050" } } },
    { "no unit", R(NO_UNIT), 0, "no-unit", { { 201, "        " }, { 193, "    " } } },
    { "too much", R(AMOUNT_LIMIT), 0, "amount-limit", { { 71, "001E8480" }, { 79, "000F4240" }, { 87, "000F4240" } } },
    { "bonus purse elsewhere", R(WRONG_PURSE), 0, "wrong-purse",
      { { 12, "3130500000000000099" }, { 32, "3130500000000000099" }, { 51, "0500000000000099" }, { 197, "3050" }, { 261, "2" } } },
    { "a card lock", 0, 0, NULL, { { 138, "1" } } },
    { "nothing charged", 0, 0, NULL, { { 79, "00000000" }, { 87, "000003E8" } } },
    { "a fee on each", 0, 0, NULL, { { 201, "30500101" }, { 193, "3050" }, { 71, "00004E20" }, { 79, "00002724" }, { 87, "000026FC" } } },
    { "a fee on the total", 0, 0, NULL, { { 201, "30500301" }, { 193, "3050" }, { 259, "03" } } },
};
const unsigned query_row_count = sizeof query_rows / sizeof *query_rows;

size_t query_record(unsigned number, char record[320])
{
    static const struct { unsigned at; const char *text; } parts[] = {
        { 0, "17" }, { 12, QUERY_CARD }, { 32, QUERY_CARD }, { 51, "1200000000012340" }, { 67, "01" }, { 70, "0" }, { 71, "000003E8" }, { 79, "000000C8" },
        { 87, "00000320" }, { 95, "06" }, { 105, "7001" }, { 117, "312000000042" }, { 138, "0" }, { 139, "00000011" }, { 147, "20260302" }, { 155, "081530" },
        { 161, "A1B2C3D4" }, { 169, "0100" }, { 177, "31200000" }, { 193, "3120" }, { 197, "3120" }, { 201, "31200101" }, { 209, "LINE 7" }, { 259, "01" },
        { 261, "0" }, { 276, "0" },
    };
    char serial[10], counter[5];

    memset(record, ' ', 315);
    record[315] = '\n';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) memcpy(record + parts[i].at, parts[i].text, strlen(parts[i].text));
    snprintf(serial, sizeof serial, "%09u", number % 1000000 + 5000);
    snprintf(counter, sizeof counter, "%04X", (number + 100) & 0xFFFF);
    memcpy(record + 129, serial, 9);
    memcpy(record + 173, counter, 4);
    const struct query_row *const row = &query_rows[number - 1];
    if (strcmp(row->name, "line too short") == 0) {
        record[199] = '\n';
        return 200;
    }
    for (size_t i = 0; i < 5 && row->field[i].text != NULL; i++) memcpy(record + row->field[i].at, row->field[i].text, strlen(row->field[i].text));
    return 316;
}

uint64_t query_offset(unsigned number)
{
    char record[320];
    uint64_t offset = HEADER_SIZE;
    for (unsigned n = 1; n < number; n++) offset += query_record(n, record);
    return offset;
}

static const char *write_file(const char *name, unsigned count)
{
    static char bytes[64 * 320];
    size_t used = (size_t)snprintf(bytes, sizeof bytes, HEADER, count);
    char record[320];
    assert_int_equal(used, HEADER_SIZE);
    for (unsigned number = 1; number <= count; number++) {
        const size_t size = query_record(number, record);
        memcpy(bytes + used, record, size);
        used += size;
    }
    return scratch_write(name, bytes, used);
}

static const char moves[] =
    "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n"
    "m1,transit,load,," QUERY_CARD ",yangzhou-card,yangzhou-bus,load,2026-03-02 10:00:00,5000,,,\n"
    "m2,transit,refund,r1-1," QUERY_CARD ",,,,2026-03-02 11:00:00,50,,,\"card " QUERY_CARD " given back\"\n"
    "m2,transit,refund,r1-1," QUERY_CARD ",,,,2026-03-02 11:00:00,50,,,\"card " QUERY_CARD " given back\"\n"
    "m3,transit,refund,r1-999," QUERY_CARD ",,,,2026-03-02 11:00:00,50,,,\n"
    "m4,transit,refund,r1-1," QUERY_CARD ",,,,2026-03-02 11:30:00,9999,,,\n"
    "m5,transit,decide,r1-3,,,,,,,,reject,no slip\n"
    "m6,transit,decide,r1-18,,,,,,,,accept,seen the slip\n";

void query_ingest(struct clr_store *store, const char *path, enum clr_archive_mode archive)
{
    struct clr_fault fault = { 0 };
    struct clr_ingest_result result;
    const struct clr_ingest_options options = { .received_at = clr_time_parse(clr_bytes_text("2026-03-03T02:00:00+08:00")), .archive = archive };
    if (clr_ingest(store, &clr_codecs, &options, &path, 1, &result, &fault) != CLR_OK) fail_msg("ingest: %s", fault.en);
    if (result.file[0].status != CLR_FILE_OK) fail_msg("%s: %s", path, result.file[0].fault.en);
    clr_ingest_result_free(&result);
}

struct clr_store *query_store(const char *name, enum clr_archive_mode archive, const struct clr_store_options *options)
{
    struct clr_fault fault = { 0 };
    struct clr_store *store = NULL;
    struct clr_rules_loaded loaded;
    struct clr_resolved resolved;
    const char *const path = scratch_path(name);

    assert_true(scratch_folder[0] == '/');           /* else the store would lie where the test happens to run */
    if (clr_store_create(path, options, &fault) != CLR_OK || clr_store_open(path, options, &store, &fault) != CLR_OK) fail_msg("%s: %s", name, fault.en);
    if (clr_rules_load(store, CLR_FIXTURES "/rules/jiangsu", false, &loaded, &fault) != CLR_OK) fail_msg("rules: %s", fault.en);
    query_ingest(store, write_file(QUERY_FILE, query_row_count), archive);
    query_ingest(store, write_file(QUERY_AGAIN, 1), archive);
    query_ingest(store, scratch_write(QUERY_MOVES, moves, sizeof moves - 1), archive);
    if (clr_resolve(store, clr_record_id_of(1, 17), false, "nobody knows it", CLR_TIME_NONE, false, &resolved, &fault) != CLR_OK) fail_msg("resolve: %s", fault.en);
    return store;
}
