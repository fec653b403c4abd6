-- A plain SQL double-entry transfer, for measuring beside: one function call, two balances, two entries, one commit.
CREATE TABLE account (id int PRIMARY KEY, balance numeric(38, 2) NOT NULL CHECK (balance >= 0));
CREATE TABLE entry (id bigserial PRIMARY KEY, account int NOT NULL REFERENCES account, amount numeric(38, 2) NOT NULL,
                    made timestamptz NOT NULL DEFAULT now());
-- Account 0 pays them all: the hot one.
INSERT INTO account SELECT n, CASE n WHEN 0 THEN 1e15 ELSE 0 END FROM generate_series(0, 1000) n;

CREATE FUNCTION transfer(payer int, payee int, due numeric) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO entry (account, amount) VALUES (payer, -due), (payee, due);
    UPDATE account SET balance = balance + due WHERE id = payee;
    UPDATE account SET balance = balance - due WHERE id = payer;  -- the hot row last: its lock is held the shortest
END $$;
