-- Anti-social behaviour orders issued: the rows of `orders` that are no breaches.

SELECT area, route, sex, age, month, orders
FROM orders
WHERE step = 'ISSUED'
