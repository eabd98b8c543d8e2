-- The rival job in PostgreSQL: COPY into a temporary table, INSERT … ON CONFLICT DO NOTHING, nets by city and service.
\set ON_ERROR_STOP on
SET temp_buffers = '512MB';
SET work_mem = '256MB';
CREATE TEMPORARY TABLE batch (
    card bigint, terminal bigint, serial integer, counter integer, amount_fen integer, time timestamp,
    city_card smallint, city_trade smallint, service smallint, type smallint, tac char(8));
COPY batch FROM '@FILE@' (FORMAT csv, HEADER true);
INSERT INTO trade SELECT card, terminal, serial, counter, amount_fen, time, time::date, city_card, city_trade, service, type, tac FROM batch ON CONFLICT DO NOTHING;
\copy (SELECT city_card, city_trade, service, count(*), sum(amount_fen) FROM trade GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) TO pstdout (FORMAT csv)
