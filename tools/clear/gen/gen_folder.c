/* gen_folder.c: the built-in rules folders, as tables and as text. Codes of places are the public ones; all companies are invented. */
#include "gen_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen_rules.h"

/* One prefecture: letters of its codes, names, the city code of transit records, and which services it has beside buses. */
struct place {
    const char *code, *zh, *en, *city;
    const char *services;                     /* letters of struct service */
};

static const struct place places[] = {
    { "YZ",  "扬州",   "Yangzhou",    "3120", "TFK" },
    { "NJ",  "南京",   "Nanjing",     "3010", "MTRK" },
    { "SZ",  "苏州",   "Suzhou",      "3050", "MTRB" },
    { "WX",  "无锡",   "Wuxi",        "3020", "MTK" },
    { "CZ",  "常州",   "Changzhou",   "3040", "MB" },
    { "NT",  "南通",   "Nantong",     "3060", "MF" },
    { "XZ",  "徐州",   "Xuzhou",      "3030", "MT" },
    { "ZJ",  "镇江",   "Zhenjiang",   "3140", "FT" },
    { "TZ",  "泰州",   "Taizhou",     "3128", "T" },
    { "YC",  "盐城",   "Yancheng",    "3110", "TB" },
    { "HA",  "淮安",   "Huai'an",     "3080", "RS" },
    { "LYG", "连云港", "Lianyungang", "3070", "T" },
    { "SQ",  "宿迁",   "Suqian",      "3090", "B" },
};
#define PLACE_COUNT (sizeof places / sizeof *places)

/* code of a service in participants' codes, its industry digits, names */
static const struct { char letter; const char *code; unsigned industry; const char *zh, *en; } services[] = {
    { 'U', "BUS", 1, "公交", "Bus" },       { 'T', "TAXI", 2, "出租", "Taxi" },  { 'M', "METRO", 3, "地铁", "Metro" },
    { 'R', "TRAM", 4, "有轨电车", "Tram" }, { 'B', "BIKE", 5, "自行车", "Bike" }, { 'F', "FERRY", 6, "轮渡", "Ferry" },
    { 'S', "RETAIL", 7, "便利店", "Shops" }, { 'K', "PARKING", 8, "停车", "Parking" },
};
#define SERVICE_COUNT (sizeof services / sizeof *services)

static const char participants_head[] = "code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to\n";
static const char cards_head[] = "product,format,prefix,length,issuer,valid_from,valid_to\n";
static const char fees_head[] = "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,"
                                "refund,valid_from,valid_to\n";

/* Every base, every payer, both ways on a refund; the more specific rows win where they apply. */
static const char jiangsu_fees[] =
    "transit,*,purchase,*,*,acquirer,amount,txn,3000,0,0,,400000,200000,return,,\n"
    "transit,metro,purchase,*,*,acquirer,amount,total,2500,0,0,,500000,100000,return,,\n"
    "transit,taxi,purchase,*,*,acquirer,amount,txn,5000,1,2,50,300000,150000,return,,\n"
    "transit,ferry,purchase,*,*,issuer,amount,txn,4000,0,0,,200000,300000,return,,\n"
    "transit,tram,purchase,*,*,acquirer,count,txn,0,2,0,,500000,500000,return,,\n"
    "transit,bike,purchase,*,*,JS-OPS,amount,total,1500,1,0,,333333,333333,return,,\n"
    "transit,parking,purchase,*,*,acquirer,amount,total,6000,0,100,,250000,250000,keep,,\n"
    "transit,*,load,*,*,issuer,amount,txn,2000,0,0,500,0,100000,return,,\n"
    "transit,bus,purchase,NJ-CARD,*,acquirer,amount,total,2000,0,0,,600000,100000,return,,\n"
    "transit,bus,purchase,*,SZ-BUS,acquirer,amount,txn,3500,0,1,,400000,200000,keep,,\n"
    "transit,bus,purchase,SZ-CARD,SZ-BUS,acquirer,count,total,0,1,0,,0,500000,return,,\n"
    "transit,bus,purchase,*,WX-BUS,issuer,amount,total,2750,0,0,,400000,250000,return,2026-01-01,\n"
    "transit,bus,purchase,*,WX-BUS,issuer,amount,total,9999,0,0,,400000,250000,return,2020-01-01,2025-12-31\n";

static const char shenzhen_participants[] =
    "LN-CENTRE,centre,transit,,,,440300000000000001,102100099996,鹏城清算中心,Pengcheng clearing centre,,,\n"
    "LN-PC,region,transit,,,,,,鹏城,Pengcheng,,,\n"
    "LN-YD,region,transit,,,,,,粤东,Yuedong,,,\n"
    "PC-CARD,issuer,transit,LN-PC,,,440300000000000101,102100099996,鹏城通,Pengcheng card,,,\n"
    "YD-CARD,issuer,transit,LN-YD,,,440300000000000102,102100099996,粤东通,Yuedong card,,,\n"
    "PC-METRO,acquirer,transit,LN-PC,,,440300000000000201,102100099996,鹏城地铁集团,Pengcheng metro group,"
        "szt-csv.company:地铁一号线;szt-json.company:地铁一号线,,\n"
    "PC-METRO-2,acquirer,transit,LN-PC,PC-METRO,PC-METRO,,,鹏城地铁二号线,Metro line 2,szt-csv.company:地铁二号线;szt-json.company:地铁二号线,,\n"
    "PC-METRO-3,acquirer,transit,LN-PC,PC-METRO,PC-METRO,,,鹏城地铁三号线,Metro line 3,szt-csv.company:地铁三号线;szt-json.company:地铁三号线,,\n"
    "PC-METRO-4,acquirer,transit,LN-PC,,,440300000000000204,102100099996,港鹏地铁,Gangpeng metro,"
        "szt-csv.company:地铁四号线;szt-json.company:地铁四号线,,\n"
    "PC-BUS-E,acquirer,transit,LN-PC,,,440300000000000205,102100099996,东鹏巴士,Dongpeng bus,szt-csv.company:东鹏巴士;szt-json.company:东鹏巴士,,\n"
    "PC-BUS-W,acquirer,transit,LN-PC,,,440300000000000206,102100099996,西鹏巴士,Xipeng bus,szt-csv.company:西鹏*;szt-json.company:西鹏*,,\n"
    "YD-BUS,acquirer,transit,LN-YD,,YD-CARD,,,粤东巴士,Yuedong bus,szt-csv.company:粤东巴士;szt-json.company:粤东巴士,,\n";

static const char shenzhen_cards[] =
    "transit,szt-csv,,,PC-CARD,,\n"
    "transit,szt-json,,,PC-CARD,,\n"
    "transit,szt-csv,JI,9,YD-CARD,,\n"
    "transit,szt-json,JI,9,YD-CARD,,\n";

static const char shenzhen_fees[] =
    "transit,*,purchase,*,*,acquirer,amount,txn,3000,0,0,,400000,200000,return,,\n"
    "transit,metro,purchase,*,*,acquirer,amount,total,2500,0,0,,500000,100000,return,,\n"
    "transit,bus,purchase,*,PC-BUS-E,issuer,discount,txn,50000,0,0,,0,100000,return,,\n"
    "transit,bus,purchase,*,PC-BUS-W,LN-CENTRE,discount,total,40000,0,0,,250000,0,return,,\n"
    "transit,metro,purchase,YD-CARD,*,acquirer,count,txn,0,3,0,,300000,300000,return,,\n"
    "transit,*,load,*,*,issuer,amount,txn,2000,0,0,500,0,100000,return,,\n";

static const char windows_text[] =
    "; Times are of Asia/Shanghai.\n"
    "[transit]\n"
    "cut_off = 24:00\n"
    "late_days = 30\n"
    "retention_days = 93\n"
    "settle_days = 1\n"
    "future_minutes = 10\n"
    "twin_minutes = 10\n"
    "amount_max_fen = 100000\n"
    "netting = full\n"
    "\n"
    "[transit.gray]\n"
    "deadline_days = 5\n"
    "at_deadline = reject\n"
    "\n"
    "[transit.unknown-participant]\n"
    "deadline_days = 30\n"
    "at_deadline = reject\n"
    "\n"
    "[transit.refund-without-original]\n"
    "deadline_days = 93\n"
    "at_deadline = reject\n";

static FILE *create(const char *directory, const char *name)
{
    char path[4096];

    if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, name) >= sizeof path) return NULL;
    return fopen(path, "wb");
}

static enum clr_status finish(FILE *file, const char *directory, const char *name, struct clr_fault *fault)
{
    bool good = file != NULL && !ferror(file);

    if (file != NULL && fclose(file) != 0) good = false;
    if (good) return CLR_OK;
    return clr_fault_say(fault, CLR_FULL, "%s/%s cannot be written: %s", "无法写入 %s/%s：%s", directory, name, strerror(errno));
}

static enum clr_status write_text(const char *directory, const char *name, const char *head, const char *body, struct clr_fault *fault)
{
    FILE *file = create(directory, name);

    if (file != NULL) fprintf(file, "%s%s", head, body);
    return finish(file, directory, name, fault);
}

/* ---- Jiangsu ---- */

static void write_operator(FILE *file, const struct place *place, unsigned place_number, char letter)
{
    for (size_t s = 0; s < SERVICE_COUNT; s++) {
        /* Yangzhou's buses settle through its card company; small operators of a place through its buses. */
        const bool is_bus = letter == 'U', by_card = is_bus && strcmp(place->code, "YZ") == 0;
        const bool by_bus = strchr("TKF", letter) != NULL;
        char via[32] = "", unit[32], merchant[32];
        if (services[s].letter != letter) continue;
        if (by_card) snprintf(via, sizeof via, "%s-CARD", place->code);
        if (by_bus) snprintf(via, sizeof via, "%s-BUS", place->code);
        snprintf(unit, sizeof unit, "%s%04u", place->city, services[s].industry);
        snprintf(merchant, sizeof merchant, "0000%s%05u%02u", place->city, 10001u, services[s].industry);
        fprintf(file, "%s-%s,acquirer,transit,JS-%s,%s,%s,32000000000000%02u%02u,%s,%s%s,%s %s,", place->code, services[s].code, place->code, via, via,
                place_number, services[s].industry, "102300000001", place->zh, services[s].zh, place->en, services[s].en);
        if (is_bus) fprintf(file, "yz316.city:%s;trade-csv.city:%s;", place->city, place->city);
        fprintf(file, "yz316.unit:%s;xf158.merchant:%s;xf160.merchant:%s,,\n", unit, merchant, merchant);
    }
}

static enum clr_status write_jiangsu_participants(const char *directory, struct clr_fault *fault)
{
    FILE *file = create(directory, "participants.csv");

    if (file != NULL) {
        fputs(participants_head, file);
        fputs("JS-CENTRE,centre,transit,,,,320000000000000001,102300000001,江苏清算中心,Jiangsu clearing centre,,,\n", file);
        fputs("JS-OPS,agency,transit,,,,320000000000000002,102300000001,江苏运营平台,Jiangsu operations,,,\n", file);
        for (unsigned p = 0; p < PLACE_COUNT; p++) {
            const struct place *place = &places[p];
            fprintf(file, "JS-%s,region,transit,,,,,,%s,%s,,,\n", place->code, place->zh, place->en);
            fprintf(file, "%s-CARD,issuer,transit,JS-%s,,,32000000000001%02u00,102300000001,%s市民卡,%s card,yz316.city:%s;trade-csv.city:%s,,\n", place->code, place->code,
                    p + 1, place->zh, place->en, place->city, place->city);
            write_operator(file, place, p + 1, 'U');
        }
        for (unsigned p = 0; p < PLACE_COUNT; p++) {
            for (const char *letter = places[p].services; *letter != '\0'; letter++) write_operator(file, &places[p], p + 1, *letter);
        }
    }
    return finish(file, directory, "participants.csv", fault);
}

static enum clr_status write_jiangsu_cards(const char *directory, struct clr_fault *fault)
{
    static const enum clr_format formats[] = { CLR_FORMAT_YZ316, CLR_FORMAT_TRADE_CSV, CLR_FORMAT_XF158, CLR_FORMAT_XF160 };
    FILE *file = create(directory, "cards.csv");         /* xf files pad a card number of 19 digits with a zero in front */

    if (file != NULL) {
        fputs(cards_head, file);
        for (unsigned f = 0; f < sizeof formats / sizeof *formats; f++) {
            for (unsigned p = 0; p < PLACE_COUNT; p++)
                fprintf(file, "transit,%s,%s310%s,%u,%s-CARD,,\n", clr_format_term(formats[f]).name, f < 2 ? "" : "0", places[p].city, f < 2 ? 19u : 20u,
                        places[p].code);
        }
    }
    return finish(file, directory, "cards.csv", fault);
}

static void write_merchant_sender(FILE *file, const struct place *place, enum clr_format format, char letter)
{
    for (size_t s = 0; s < SERVICE_COUNT; s++) {
        if (services[s].letter != letter) continue;
        fprintf(file, "[%s-%s-%s]\nmatch = XF????????%02u0000%s%05u%02u*\nformat = %s\nwindow = receipt\n\n", clr_format_term(format).name, place->code,
                services[s].code, services[s].industry, place->city, 10001u, services[s].industry, clr_format_term(format).name);
    }
}

static enum clr_status write_jiangsu_senders(const char *directory, struct clr_fault *fault)
{
    static const enum clr_format formats[] = { CLR_FORMAT_XF158, CLR_FORMAT_XF160 };
    FILE *file = create(directory, "senders.ini");

    if (file != NULL) {
        for (unsigned p = 0; p < PLACE_COUNT; p++) {
            fprintf(file, "[collect-%s]\nmatch = collect-%s-*.txt\nformat = yz316\nwindow = receipt\n\n", places[p].code, places[p].code);
            fprintf(file, "[trade-%s]\nmatch = trade-%s-*.csv\nformat = trade-csv\nwindow = receipt\n\n", places[p].code, places[p].code);
        }
        for (unsigned f = 0; f < 2; f++) {
            for (unsigned p = 0; p < PLACE_COUNT; p++) {
                write_merchant_sender(file, &places[p], formats[f], 'U');
                for (const char *letter = places[p].services; *letter != '\0'; letter++) write_merchant_sender(file, &places[p], formats[f], *letter);
            }
        }
        /* Last in the order of senders, so that what moves files refer to comes before them. */
        fputs("[z-moves]\nmatch = moves-*.csv\nformat = moves\nwindow = receipt\n\n", file);
        fputs("[z-moves-agents]\nmatch = moves-agents-*.csv\nformat = moves\nwindow = receipt\n", file);
    }
    return finish(file, directory, "senders.ini", fault);
}

static enum clr_status write_jiangsu(const char *directory, struct clr_fault *fault)
{
    CLR_TRY(write_jiangsu_participants(directory, fault));
    CLR_TRY(write_jiangsu_cards(directory, fault));
    CLR_TRY(write_text(directory, "fees.csv", fees_head, jiangsu_fees, fault));
    return write_jiangsu_senders(directory, fault);
}

/* ---- Shenzhen ---- */

static enum clr_status write_shenzhen(const char *directory, struct clr_fault *fault)
{
    static const char senders[] =
        "[portal-csv]\nmatch = szt-*.csv\nformat = szt-csv\nwindow = declared\n\n"
        "[portal-csv-b]\nmatch = szt-b-*.csv\nformat = szt-csv\nwindow = declared\n\n"
        "[portal-json]\nmatch = szt-*.json\nformat = szt-json\nwindow = declared\n\n"
        "[portal-json-b]\nmatch = szt-b-*.json\nformat = szt-json\nwindow = declared\n\n"
        "[z-moves]\nmatch = moves-*.csv\nformat = moves\nwindow = receipt\n";

    CLR_TRY(write_text(directory, "participants.csv", participants_head, shenzhen_participants, fault));
    CLR_TRY(write_text(directory, "cards.csv", cards_head, shenzhen_cards, fault));
    CLR_TRY(write_text(directory, "fees.csv", fees_head, shenzhen_fees, fault));
    return write_text(directory, "senders.ini", "", senders, fault);
}

enum clr_status gen_folder_write(const char *directory, enum clr_format format, struct clr_fault *fault)
{
    if (format == CLR_FORMAT_SZT_CSV || format == CLR_FORMAT_SZT_JSON) CLR_TRY(write_shenzhen(directory, fault));
    else CLR_TRY(write_jiangsu(directory, fault));
    return write_text(directory, "windows.ini", "", windows_text, fault);
}

/* ---- copies ---- */

enum clr_status gen_folder_copy(const char *from, const char *to, struct clr_fault *fault)
{
    static const char *const names[] = { "participants.csv", "cards.csv", "fees.csv", "splits.csv", "calendar.csv", "limits.csv", "status_list.csv",
                                         "senders.ini", "windows.ini", "keys.sealed" };
    char *text;
    size_t size;

    CLR_TRY(gen_rules_slurp(from, "status_list.csv.zst", &text, &size, fault));
    free(text);
    if (text != NULL) {
        return clr_fault_say(fault, CLR_USAGE, "%s/status_list.csv.zst is packed; unpack it, so that its cards can be avoided",
                             "%s/status_list.csv.zst 是压缩文件；请先解压，以便避开其中的卡", from);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        FILE *file;
        CLR_TRY(gen_rules_slurp(from, names[i], &text, &size, fault));
        if (text == NULL) continue;
        file = create(to, names[i]);
        if (file != NULL) fwrite(text, 1, size, file);
        free(text);
        CLR_TRY(finish(file, to, names[i], fault));
    }
    return CLR_OK;
}
