/*
 * bench_decode.cc: how fast the codecs turn bytes into records, and how fast they find where a block may end.
 *
 * One thread; one block in memory, decoded again and again; items are records, bytes are of the file. The input is made here, from a seed.
 */
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

extern "C" {
#include "codec.h"
}

namespace {

constexpr unsigned record_count = 8192;
constexpr size_t batch = 256;

using Random = std::mt19937_64;

std::string format(const char *pattern, unsigned long long number)
{
    char text[64];

    snprintf(text, sizeof text, pattern, number);
    return text;
}

void put(std::string &record, size_t at, const std::string &text)
{
    record.replace(at, text.size(), text);
}

std::string clock_text(unsigned serial)
{
    return format("%02llu", 6 + serial % 17) + format("%02llu", serial % 60) + format("%02llu", serial * 7 % 60);
}

std::string yz316_record(Random &random, unsigned serial)
{
    std::string record(315, ' ');
    const unsigned before = 1000 + random() % 20000, amount = 200;
    const std::string card = format("3120%012llu", random() % 1000000000000ULL);

    put(record, 0, format("%llu", serial));
    put(record, 12, card);
    put(record, 32, "310" + card + card);
    put(record, 67, "01 0" + format("%08llX", before) + format("%08llX", amount) + format("%08llX", before - amount) + "06");
    put(record, 105, "7001        3120" + format("%08llu", serial % 900) + format("%09llu", serial) + "0" + format("%08llX", serial));
    put(record, 147, "20260302" + clock_text(serial) + format("%08llX", 1 + random() % 0x7fffffff) + "0100" +
                         format("%04llX", serial & 0xffff) + card.substr(0, 8));
    put(record, 193, "3120312020000001LINE 7              1024");
    put(record, 259, "010202603022330000");
    return record + "\n";
}

std::string xf_record(Random &random, unsigned serial, const char *pos)
{
    return format("%08llu", serial) + "000000000001234" + format(pos, serial % 900) +
           format("%020llu", 312000000000 + random() % 1000000000) + "0100" + "203012312020010120391231" + format("%06llu", serial) +
           format("%010llu", serial + 900) + format("%08llu", 1000 + random() % 20000) + "00000200" + "20260302" + clock_text(serial) + "06" +
           format("3120%08llu", serial % 900) + format("%08llX", 1 + random() % 0x7fffffff) + "0000" + "0" + "FFFFFF\r\n";
}

struct Ride {
    std::string card, date, type, value, money, company, device, station;
};

Ride make_ride(Random &random, unsigned serial)
{
    const std::string clock = clock_text(serial);
    Ride ride;

    for (unsigned i = 0; i < 9; i++) ride.card += char('A' + random() % 10);
    ride.date = "2026-03-02 " + clock.substr(0, 2) + ":" + clock.substr(2, 2) + ":" + clock.substr(4, 2);
    const bool entry = random() % 100 < 60, bus = !entry && random() % 3 == 0;
    ride.type = entry ? "地铁入站" : bus ? "巴士" : "地铁出站";
    ride.value = entry ? "0" : bus ? "200" : "500";
    ride.money = entry ? "0" : bus ? "160" : "475";
    ride.company = bus ? "虚构巴士" : "虚构五号线";
    ride.station = bus ? "" : "虚构";
    ride.device = format("26303%04llu", serial % 1000);
    return ride;
}

std::string szt_csv_record(Random &random, unsigned serial)
{
    const Ride ride = make_ride(random, serial);

    return "\"" + ride.date + "\",\"2026-03-02 00:00:00\"," + ride.card + "," + ride.value + "," + ride.type + "," + ride.company +
           ",IGT-105," + ride.station + ",0," + ride.money + "," + ride.device + "\n";
}

std::string szt_json_record(Random &random, unsigned serial)
{
    const Ride ride = make_ride(random, serial);

    return std::string(serial == 0 ? "" : ",") + "{\"deal_date\":\"" + ride.date + "\",\"close_date\":\"2026-03-02 00:00:00\"" +
           ",\"card_no\":\"" + ride.card + "\",\"deal_value\":\"" + ride.value + "\",\"deal_type\":\"" + ride.type + "\",\"company_name\":\"" +
           ride.company + "\",\"car_no\":\"IGT-105\",\"station\":\"" + ride.station +
           "\",\"conn_mark\":\"0\",\"deal_money\":\"" + ride.money + "\",\"equ_no\":\"" + ride.device + "\"}";
}

std::string moves_record(Random &random, unsigned serial)
{
    return format("m-%08llu", serial) + ",transit,load,," + format("3120%012llu", random() % 1000000000000ULL) + ",YZ,AGENT1,load,2026-03-02 10:00:00,5000,,,\n";
}

std::string trade_csv_record(Random &random, unsigned serial)
{
    const std::string clock = clock_text(serial);

    return format("3103120%012llu", random() % 1000000000000ULL) + "," + format("31200000%04llu", serial % 900) + "," + format("%09llu", serial + 900) + "," +
           format("%llu", random() % 65536) + "," + format("%llu", 100 + random() % 900) + ",2026-03-02T" + clock.substr(0, 2) + ":" + clock.substr(2, 2) + ":" +
           clock.substr(4, 2) + ",3120,3050," + format("%02llu", 1 + random() % 8) + ",06," + format("%08llX", 1 + random() % 0x7fffffff) + "\n";
}

std::string make_file(const std::string &name)
{
    Random random(20260303);
    std::string file;

    if (name == "yz316") file = "1001" "8192      " "316     " "                        \n";
    if (name == "xf158") file = "XF010000819200000158FFFFFFFFFFFFFFFFFFFFFFFF\r\n";
    if (name == "xf160") file = "XF010000819200000160FFFFFFFFFFFFFFFFFFFFFFFF\r\n";
    if (name == "szt-csv") file = "deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n";
    if (name == "szt-json") file = "{\"data\":[";
    if (name == "moves") file = "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n";
    if (name == "trade-csv") file = "card,terminal,serial,counter,amount_fen,time,city_card,city_trade,service,type,tac\n";
    for (unsigned i = 0; i < record_count; i++) {
        if (name == "trade-csv") file += trade_csv_record(random, i);
        if (name == "yz316") file += yz316_record(random, i);
        if (name == "xf158") file += xf_record(random, i, "%08llu");
        if (name == "xf160") file += xf_record(random, i, "%010llu");
        if (name == "szt-csv") file += szt_csv_record(random, i);
        if (name == "szt-json") file += szt_json_record(random, i);
        if (name == "moves") file += moves_record(random, i);
    }
    if (name == "szt-json") file += "],\"rows\":8192}";
    return file;
}

struct Input {
    std::string text;
    clr_codec_file file{};

    explicit Input(const clr_codec *codec) : text(make_file(codec->name))
    {
        clr_fault fault;
        file.codec = codec;
        file.name = "XF2026030301000000000001234001";
        file.size = text.size();
        const size_t head = text.size() < CLR_HEAD_SIZE ? text.size() : CLR_HEAD_SIZE;
        const clr_bytes bytes{ reinterpret_cast<const uint8_t *>(text.data()), head };
        if (codec->open(&file, bytes, &fault) != CLR_OK || file.finding_count != 0) std::abort();
    }

    clr_bytes block() const
    {
        const size_t offset = static_cast<size_t>(file.data_offset);
        return clr_bytes{ reinterpret_cast<const uint8_t *>(text.data()) + offset, text.size() - offset };
    }
};

/* Every record must decode without a reason: a benchmark of refusals would be a lie. */
void decode(benchmark::State &state, const clr_codec *codec)
{
    const Input input(codec);
    const clr_bytes block = input.block();
    const auto raws = std::make_unique<clr_raw[]>(batch);

    for (auto _ : state) {
        size_t at = 0, count = 0, records = 0;
        uint64_t reasons = 0;
        while (at < block.size) {
            codec->decode(&input.file, block, &at, raws.get(), batch, &count);
            for (size_t i = 0; i < count; i++) reasons |= raws[i].reasons;
            records += count;
        }
        if (records != record_count || reasons != 0) {
            state.SkipWithError("the records did not decode");
            break;
        }
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * record_count);
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(block.size));
}

/* Windows of the largest record, as the engine asks. */
void cut(benchmark::State &state, const clr_codec *codec)
{
    Input input(codec);
    const clr_bytes block = input.block();

    for (auto _ : state) {
        size_t at = 0;
        while (at < block.size) {
            const size_t left = block.size - at, window = left < CLR_RECORD_SIZE_MAX ? left : CLR_RECORD_SIZE_MAX;
            const size_t used = codec->cut(&input.file, clr_bytes{ block.data + at, window }, window == left);
            if (used == 0) std::abort();
            at += used;
        }
        benchmark::DoNotOptimize(at);
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * record_count);
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(block.size));
}

const int registered = [] {
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        const clr_codec *const codec = clr_codecs.codec[i];
        benchmark::RegisterBenchmark((std::string("decode/codec:") + codec->name).c_str(), decode, codec);
        benchmark::RegisterBenchmark((std::string("cut/codec:") + codec->name).c_str(), cut, codec);
    }
    return 0;
}();

}
