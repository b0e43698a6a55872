print("checkkernels")
