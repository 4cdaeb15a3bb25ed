-- Of a link to pay by: when it was told that the order is paid. Once an order.
ALTER TABLE request_actions ADD COLUMN paid_at BIGINT;
