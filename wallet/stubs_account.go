package wallet

import "errors"

var errTodo = errors.New("not built yet")
