package postgres

// OpenTraced is Open with a tracer that receives every statement.
var OpenTraced = openTraced
