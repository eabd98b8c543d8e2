// bench_net.cc: obligations a second, cells a second, and what closing a window costs by its number of cells.
//
// The world is made up: so many issuers and operators, members over them, a fee row each for half of the operators. Closing is all of it: ledger of
// the members with its checks, transfers, ledger of the participants, journal and its check.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" {
#include "clear/obligation.h"
#include "settle/position.h"
}

namespace {

constexpr int issuers = 400, operators = 400, members = 50;
constexpr clr_day day = 17776;

uint64_t next_random(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

std::string participants()
{
    std::string text = "code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to\n";

    for (int i = 0; i < members; i++) text += "member" + std::to_string(i) + ",agency,*,,,,a,b,m,m,,,\n";
    for (int i = 0; i < issuers; i++) text += "city" + std::to_string(i) + ",issuer,*,,,member" + std::to_string(i % members) + ",a,b,c,c,,,\n";
    for (int i = 0; i < operators; i++) text += "bus" + std::to_string(i) + ",acquirer,*,,,member" + std::to_string(i % members) + ",a,b,o,o,,,\n";
    return text + "hub,centre,*,,,,a,b,h,h,,,\n";
}

std::string fees()
{
    std::string text = "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,"
                       "refund,valid_from,valid_to\ntransit,*,*,*,*,acquirer,amount,txn,2500,,,,300000,200000,return,,\n";

    for (int i = 0; i < operators; i += 2) {
        text += "transit,bus,*,*,bus" + std::to_string(i) + ",acquirer,amount," + (i % 4 ? "total" : "txn") + ",3000,,,,300000,200000,return,,\n";
    }
    return text;
}

clr_rules_file file_of(const char *name, std::string &text)
{
    clr_rules_file file = {};

    snprintf(file.name, sizeof file.name, "%s", name);
    file.data = reinterpret_cast<uint8_t *>(text.data());
    file.size = text.size();
    return file;
}

clr_rules *make_rules()
{
    static std::string fee = fees(), people = participants(), senders = "[any]\nmatch = *\n", windows = "[transit]\ncut_off = 24:00\n";
    clr_rules_file file[] = { file_of("fees.csv", fee), file_of("participants.csv", people), file_of("senders.ini", senders), file_of("windows.ini", windows) };
    clr_rules_folder folder = {};
    clr_fault fault = {};
    clr_rules *rules = nullptr;

    folder.file = file;
    folder.count = 4;
    if (clr_rules_parse(&folder, &rules, &fault) != CLR_OK) {
        fprintf(stderr, "%s:%llu %s\n", fault.path, static_cast<unsigned long long>(fault.line), fault.en);
        exit(1);
    }
    rules->version = 1;
    for (size_t i = 0; i < rules->participant_count; i++) rules->participant[i].party = static_cast<clr_party>(i + 1);
    return rules;
}

clr_rules *rules()
{
    static clr_rules *made = make_rules();

    return made;
}

const clr_rules *lookup(void *context, uint32_t)
{
    return static_cast<const clr_rules *>(context);
}

// Trades of `pairs` pairs of issuer and operator, one day, two services.
std::vector<clr_trade> trades(size_t count, int pairs)
{
    std::vector<clr_trade> made(count);
    uint64_t seed = 1;

    for (clr_trade &trade : made) {
        const int pair = static_cast<int>(next_random(&seed) % static_cast<uint64_t>(pairs));
        trade = {};
        trade.product = CLR_PRODUCT_TRANSIT;
        trade.kind = CLR_KIND_PURCHASE;
        trade.service = next_random(&seed) % 2 ? CLR_SERVICE_BUS : CLR_SERVICE_METRO;
        trade.flags = CLR_FLAG_HAS_PRICE;
        trade.issuer_index = members + pair % issuers;
        trade.acquirer_index = members + issuers + pair / issuers % operators;
        trade.issuer = static_cast<clr_party>(trade.issuer_index + 1);
        trade.acquirer = static_cast<clr_party>(trade.acquirer_index + 1);
        trade.amount_fen = static_cast<clr_fen>(next_random(&seed) % 1000 + 1);
        trade.price_fen = trade.amount_fen * 10 / 9;
        trade.trade_day = day - 1;
        trade.window = day;
    }
    return made;
}

void require(clr_status status)
{
    if (status != CLR_OK) {
        fprintf(stderr, "%s\n", clr_status_text(status));
        exit(1);
    }
}

void obligation(benchmark::State &state)
{
    const std::vector<clr_trade> trade = trades(1 << 16, static_cast<int>(state.range(0)));
    size_t at = 0;

    for (auto _ : state) {
        clr_cell_key key;
        clr_cell_sum sum;
        bool booked;
        require(clr_obligation_of(rules(), &trade[at++ & 0xFFFF], &key, &sum, &booked));
        benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(obligation)->ArgName("pairs")->Arg(100)->Arg(issuers * operators);

void obligation_cached(benchmark::State &state)
{
    const std::vector<clr_trade> trade = trades(1 << 16, static_cast<int>(state.range(0)));
    static clr_fee_cache cache;
    size_t at = 0;

    clr_fee_cache_init(&cache, rules());
    for (auto _ : state) {
        clr_cell_key key;
        clr_cell_sum sum;
        bool booked;
        require(clr_obligation_cached(&cache, &trade[at++ & 0xFFFF], &key, &sum, &booked));
        benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(obligation_cached)->ArgName("pairs")->Arg(100)->Arg(issuers * operators);

// As the pipeline does it: obligation, then its cell.
void obligation_to_cell(benchmark::State &state)
{
    const std::vector<clr_trade> trade = trades(1 << 16, static_cast<int>(state.range(0)));
    static clr_fee_cache cache;
    clr_cells cells;
    size_t at = 0;

    clr_fee_cache_init(&cache, rules());
    clr_cells_init(&cells);
    for (auto _ : state) {
        clr_cell_key key;
        clr_cell_sum sum;
        bool booked;
        require(clr_obligation_cached(&cache, &trade[at++ & 0xFFFF], &key, &sum, &booked));
        if (booked) require(clr_cells_add(&cells, &key, &sum, 1));
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["cells"] = static_cast<double>(cells.count);
    clr_cells_free(&cells);
}
BENCHMARK(obligation_to_cell)->ArgName("pairs")->Arg(100)->Arg(issuers * operators);

void close_window(const clr_cell *const *cell, size_t count)
{
    clr_ledger by_member, by_participant;
    clr_transfer *transfer;
    clr_journal_line *line;
    size_t transfers, lines;

    require(clr_ledger_build(cell, count, lookup, rules(), rules(), CLR_LEVEL_MEMBER, &by_member));
    require(clr_transfers_build(&by_member, rules(), &transfer, &transfers, nullptr));
    require(clr_ledger_build(cell, count, lookup, rules(), rules(), CLR_LEVEL_PARTICIPANT, &by_participant));
    require(clr_journal_build(&by_participant, transfer, transfers, &line, &lines));
    require(clr_journal_check(line, lines, &by_participant, nullptr));
    free(line);
    free(transfer);
    clr_ledger_free(&by_participant);
    clr_ledger_free(&by_member);
}

void close_cells(benchmark::State &state)
{
    const size_t wanted = static_cast<size_t>(state.range(0));
    clr_cells cells;
    uint64_t seed = 2;
    size_t count;

    clr_cells_init(&cells);
    while (cells.count < wanted) {
        for (clr_trade &trade : trades(1, 1)) {
            clr_cell_key key;
            clr_cell_sum sum;
            bool booked;
            const uint64_t drawn = next_random(&seed);
            trade.issuer_index = members + static_cast<int>(drawn % issuers);
            trade.acquirer_index = members + issuers + static_cast<int>(drawn / issuers % operators);
            trade.issuer = static_cast<clr_party>(trade.issuer_index + 1);
            trade.acquirer = static_cast<clr_party>(trade.acquirer_index + 1);
            trade.service = static_cast<clr_service>(drawn / issuers / operators % CLR_SERVICE_COUNT);
            require(clr_obligation_of(rules(), &trade, &key, &sum, &booked));
            require(clr_cells_add(&cells, &key, &sum, 1));
        }
    }
    const clr_cell **cell = clr_cells_sorted(&cells, &count);
    for (auto _ : state) close_window(cell, count);
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(count));
    free(cell);
    clr_cells_free(&cells);
}
BENCHMARK(close_cells)->ArgName("cells")->Arg(1000)->Arg(10000)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond);

}  // namespace
