// bench_tac.cc: transaction authentication codes a second on one core, by engine.
//
// The records are made up: 22 bytes of data, two-level keys of some issuers, every record another card. `3des` is the form of the city cards
// (MAC under the folded key), `retail` the one without folding, `sm4` the same two levels under SM4 (OpenSSL in every engine), `mixed` all of them
// and 18-byte data too. The argument is how many issuers there are: one, or so many that no group of 256 has a key for itself.
//
// The counter `gates` is the roofline: logic operations of the cipher itself (S-boxes, key and half XORs of nine encryptions) on words of a
// lane each. Divided by the lanes of the engine's word and the clock it says how many the core does in a cycle; AVX2 machines do three or four.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <vector>

extern "C" {
#include "tac/tac.h"
}

namespace {

enum shape { TRIPLE_DES, RETAIL, SM4, MIXED };

constexpr size_t batch = 1 << 16;
constexpr int gates_per_round = 414 + 48 + 32;      // circuits of the eight boxes, key, left half
constexpr int encryptions = 9;                      // two 3DES and three of the MAC

uint64_t next_random(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void fill(void *bytes, size_t size, uint64_t *seed)
{
    for (size_t i = 0; i < size; i++) static_cast<uint8_t *>(bytes)[i] = static_cast<uint8_t>(next_random(seed));
}

std::vector<clr_tac_key> make_keys(shape shape, int count, uint64_t *seed)
{
    std::vector<clr_tac_key> keys(count);

    for (int i = 0; i < count; i++) {
        fill(keys[i].master, sizeof keys[i].master, seed);
        fill(keys[i].issuer_factor, sizeof keys[i].issuer_factor, seed);
        keys[i].levels = 2;
        keys[i].algorithm = shape == SM4 || (shape == MIXED && i % 4 == 3) ? CLR_TAC_SM4 : CLR_TAC_3DES;
        keys[i].fold = shape != RETAIL && !(shape == MIXED && i % 4 == 2);
        if (keys[i].algorithm == CLR_TAC_SM4) keys[i].fold = 0;
    }
    return keys;
}

std::vector<clr_tac_item> make_items(shape shape, size_t keys, uint64_t *seed)
{
    std::vector<clr_tac_item> items(batch);

    for (auto &item : items) {
        fill(item.card_factor, sizeof item.card_factor, seed);
        fill(item.data, sizeof item.data, seed);
        item.size = shape == MIXED && next_random(seed) % 4 == 0 ? 18 : 22;
        item.key = static_cast<uint16_t>(next_random(seed) % keys);
    }
    return items;
}

void codes(benchmark::State &state, clr_tac_engine engine, shape shape)
{
    uint64_t seed = 1;
    clr_tac_context *context;
    const auto keys = make_keys(shape, static_cast<int>(state.range(0)), &seed);
    auto items = make_items(shape, keys.size(), &seed);

    if (!clr_tac_has(engine)) {
        state.SkipWithError("this machine has no such engine");
        return;
    }
    if (clr_tac_create(keys.data(), keys.size(), engine, &context) != CLR_OK) abort();
    for (auto _ : state) {
        if (clr_tac_compute(context, items.data(), items.size()) != CLR_OK) abort();
        benchmark::ClobberMemory();
    }
    clr_tac_destroy(context);
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * batch));
    if (shape == TRIPLE_DES && engine != CLR_TAC_OPENSSL) {
        const double records = static_cast<double>(state.iterations() * batch);
        state.counters["gates"] = benchmark::Counter(records * encryptions * 16 * gates_per_round, benchmark::Counter::kIsRate);
    }
}

// What creating costs: derivation of the issuer level and, for OpenSSL, schedules.
void create(benchmark::State &state)
{
    uint64_t seed = 1;
    const auto keys = make_keys(MIXED, static_cast<int>(state.range(0)), &seed);

    for (auto _ : state) {
        clr_tac_context *context;
        if (clr_tac_create(keys.data(), keys.size(), clr_tac_best(), &context) != CLR_OK) abort();
        clr_tac_destroy(context);
    }
}

BENCHMARK_CAPTURE(codes, openssl_3des, CLR_TAC_OPENSSL, TRIPLE_DES)->ArgName("issuers")->Arg(1)->Arg(400)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(codes, portable_3des, CLR_TAC_PORTABLE, TRIPLE_DES)->ArgName("issuers")->Arg(1)->Arg(400)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(codes, avx2_3des, CLR_TAC_AVX2, TRIPLE_DES)->ArgName("issuers")->Arg(1)->Arg(400)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(codes, avx2_retail, CLR_TAC_AVX2, RETAIL)->ArgName("issuers")->Arg(400)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(codes, any_sm4, CLR_TAC_OPENSSL, SM4)->ArgName("issuers")->Arg(1)->Arg(400)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(codes, avx2_mixed, CLR_TAC_AVX2, MIXED)->ArgName("issuers")->Arg(400)->Unit(benchmark::kMillisecond);
BENCHMARK(create)->ArgName("keys")->Arg(400)->Unit(benchmark::kMicrosecond);

}  // namespace
