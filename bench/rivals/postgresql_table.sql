CREATE TABLE trade (
    card bigint, terminal bigint, serial integer, counter integer, amount_fen integer, time timestamp, day date,
    city_card smallint, city_trade smallint, service smallint, type smallint, tac char(8), PRIMARY KEY (card, counter, day));
