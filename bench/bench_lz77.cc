/*
 * bench_lz77.cc: how fast toll messages are packed and unpacked. One thread, one package of 1 MiB made here; bytes are of the unpacked message.
 */
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

extern "C" {
#include "base/lz77.h"
#include "jsetc_package.h"
}

namespace {

struct package {
    char *data = nullptr;
    size_t size = 0, records = 0, packed_size = 0;
    uint8_t *packed = nullptr;

    package()
    {
        data = jsetc_package_make(1 << 20, &size, &records);
        if (clr_lz77_pack({ reinterpret_cast<const uint8_t *>(data), size }, &packed, &packed_size) != CLR_OK) abort();
    }
    ~package()
    {
        free(data);
        free(packed);
    }
};

const package &the_package()
{
    static const package made;
    return made;
}

void pack(benchmark::State &state)
{
    const package &made = the_package();
    for (auto _ : state) {
        uint8_t *packed;
        size_t size;
        if (clr_lz77_pack({ reinterpret_cast<const uint8_t *>(made.data), made.size }, &packed, &size) != CLR_OK) abort();
        benchmark::DoNotOptimize(packed);
        free(packed);
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * made.size));
    state.counters["ratio"] = static_cast<double>(made.size) / static_cast<double>(made.packed_size);
}

void unpack(benchmark::State &state)
{
    const package &made = the_package();
    std::vector<uint8_t> plain(made.size);
    for (auto _ : state) {
        if (!clr_lz77_unpack({ made.packed, made.packed_size }, plain.data())) abort();
        benchmark::DoNotOptimize(plain.data());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * made.size));
}

BENCHMARK(pack)->Unit(benchmark::kMillisecond);
BENCHMARK(unpack)->Unit(benchmark::kMillisecond);

}
