-- The rival job in SQLite: .import into a temporary table, INSERT OR IGNORE, nets by city and service, synced before it ends.
.bail on
.output /dev/null
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -1000000;
PRAGMA temp_store = MEMORY;
PRAGMA threads = 2;
CREATE TABLE IF NOT EXISTS trade (
    card INTEGER, terminal INTEGER, serial INTEGER, counter INTEGER, amount_fen INTEGER, time TEXT, day TEXT,
    city_card INTEGER, city_trade INTEGER, service INTEGER, type INTEGER, tac TEXT, PRIMARY KEY (card, counter, day)) WITHOUT ROWID;
CREATE TEMPORARY TABLE batch (
    card INTEGER, terminal INTEGER, serial INTEGER, counter INTEGER, amount_fen INTEGER, time TEXT,
    city_card INTEGER, city_trade INTEGER, service INTEGER, type INTEGER, tac TEXT);
.import --csv --skip 1 --schema temp @FILE@ batch
-- In the order of the key: random places in a tree of this size would be slower than the sort.
INSERT OR IGNORE INTO trade
SELECT card, terminal, serial, counter, amount_fen, time, substr(time, 1, 10), city_card, city_trade, service, type, tac FROM batch ORDER BY card, counter;
PRAGMA wal_checkpoint(TRUNCATE);
.mode csv
.separator , "\n"
.output @RESULT@
SELECT city_card, city_trade, service, count(*), sum(amount_fen) FROM trade GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
