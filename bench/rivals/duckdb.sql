-- The rival job in DuckDB: typed columns, repeats in the file and of before taken out, rows kept, nets by city and service, all on disk.
SET threads = @THREADS@;
SET preserve_insertion_order = false;
SET memory_limit = '@MEMORY@';
SET checkpoint_threshold = '64GB';
CREATE TABLE IF NOT EXISTS trade (
    card BIGINT, terminal BIGINT, serial INTEGER, counter USMALLINT, amount_fen INTEGER, time TIMESTAMP,
    city_card USMALLINT, city_trade USMALLINT, service UTINYINT, type UTINYINT, tac VARCHAR);
INSERT INTO trade
SELECT DISTINCT * FROM read_csv('@FILE@', header = true, auto_detect = false, delim = ',', quote = '', escape = '',
    columns = {'card': 'BIGINT', 'terminal': 'BIGINT', 'serial': 'INTEGER', 'counter': 'USMALLINT', 'amount_fen': 'INTEGER', 'time': 'TIMESTAMP',
               'city_card': 'USMALLINT', 'city_trade': 'USMALLINT', 'service': 'UTINYINT', 'type': 'UTINYINT', 'tac': 'VARCHAR'}) batch
ANTI JOIN trade USING (card, counter, terminal, serial, tac);
CHECKPOINT;
SELECT city_card, city_trade, service, count(*), sum(amount_fen) FROM trade GROUP BY ALL ORDER BY ALL;
