-- Orders whose parcels are not listed yet are looked for at every start.
CREATE INDEX orders_unlisted ON orders (order_ref) WHERE has_shipments_listed = 0;
