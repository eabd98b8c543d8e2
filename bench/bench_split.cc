// bench_split.cc: shares of toll units a second on one core, and what reading the lists and finding the owners costs beside them.
//
// Journeys are made up: units of 20 to 1,200 fen, a total that is not their sum. The argument is units a journey (2 and 14 are gantry rows of
// today, 43 the longest exit of a sample day, 512 the limit). `shares` is the arithmetic alone; `wide` the same with amounts that need 128 bits;
// `refund` a part of a refund; `read` the text lists. items = units.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include "clear/split.h"
}

namespace {

uint64_t next_random(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

struct journey {
    std::string units, charges;
    clr_fen total = 0;
};

std::vector<journey> make_journeys(size_t units, clr_fen scale)
{
    std::vector<journey> journeys(256);
    uint64_t seed = 1;

    for (auto &journey : journeys) {
        for (size_t i = 0; i < units; i++) {
            const clr_fen charge = static_cast<clr_fen>(20 + next_random(&seed) % 1180) * scale;
            char unit[24];
            snprintf(unit, sizeof unit, "G0015370%08u", static_cast<unsigned>(next_random(&seed) % 60000));
            journey.units += (i == 0 ? "" : "|") + std::string(unit);
            journey.charges += (i == 0 ? "" : "|") + std::to_string(charge);
            journey.total += charge;
        }
        journey.total -= journey.total / 97 + 1;
        if (journey.total > CLR_RECORD_FEN_MAX) journey.total = CLR_RECORD_FEN_MAX - 1;
    }
    return journeys;
}

clr_bytes bytes_of(const std::string &text)
{
    return clr_bytes{ reinterpret_cast<const uint8_t *>(text.data()), text.size() };
}

std::vector<clr_split_list> read_all(const std::vector<journey> &journeys)
{
    std::vector<clr_split_list> lists(journeys.size());

    for (size_t i = 0; i < journeys.size(); i++) {
        if (clr_split_read(&lists[i], bytes_of(journeys[i].units), bytes_of(journeys[i].charges), clr_bytes{ nullptr, 0 }) != CLR_SPLIT_WHOLE) abort();
    }
    return lists;
}

void share(benchmark::State &state, clr_fen scale)
{
    const auto journeys = make_journeys(state.range(0), scale);
    const auto lists = read_all(journeys);
    clr_fen shares[CLR_SPLIT_UNITS_MAX];
    size_t at = 0;

    for (auto _ : state) {
        benchmark::DoNotOptimize(clr_split_share(&lists[at], journeys[at].total, shares));
        benchmark::ClobberMemory();
        at = (at + 1) % lists.size();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void shares(benchmark::State &state) { share(state, 1); }
void wide(benchmark::State &state) { share(state, 80000000); }

void refund(benchmark::State &state)
{
    const auto journeys = make_journeys(state.range(0), 1);
    const auto lists = read_all(journeys);
    clr_fen remaining[CLR_SPLIT_UNITS_MAX], part[CLR_SPLIT_UNITS_MAX];
    size_t at = 0;

    for (auto _ : state) {
        memcpy(remaining, lists[at].charge_fen, lists[at].count * sizeof *remaining);
        benchmark::DoNotOptimize(clr_split_refund(remaining, lists[at].count, journeys[at].total / 3, part));
        benchmark::ClobberMemory();
        at = (at + 1) % lists.size();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void read(benchmark::State &state)
{
    const auto journeys = make_journeys(state.range(0), 1);
    std::vector<clr_split_list> list(1);
    size_t at = 0;

    for (auto _ : state) {
        benchmark::DoNotOptimize(clr_split_read(list.data(), bytes_of(journeys[at].units), bytes_of(journeys[at].charges), clr_bytes{ nullptr, 0 }));
        benchmark::ClobberMemory();
        at = (at + 1) % journeys.size();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(shares)->Arg(2)->Arg(14)->Arg(43)->Arg(512);
BENCHMARK(wide)->Arg(2)->Arg(43)->Arg(512);
BENCHMARK(refund)->Arg(2)->Arg(43);
BENCHMARK(read)->Arg(2)->Arg(43);

} // namespace
