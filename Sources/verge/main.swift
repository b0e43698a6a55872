print("verge")
