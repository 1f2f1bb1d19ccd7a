package postgres

// OpenTraced is Open with somebody who is told of every statement.
var OpenTraced = openTraced
